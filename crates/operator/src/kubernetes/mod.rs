//! Talking to the API server: the client with its deadlines, and Tekton's types.

pub mod client;
pub mod filled;
pub mod tekton;
