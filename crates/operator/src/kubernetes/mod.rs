//! Talking to the API server: the client with its deadlines, watches that fail, what writes are sent with, tested changes of a
//! status, and Tekton's types.

pub mod client;
pub mod filled;
pub mod outages;
pub mod pauses;
pub mod status;
pub mod tekton;
pub mod write;
