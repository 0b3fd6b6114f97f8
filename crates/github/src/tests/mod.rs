//! Tests over real sockets.

mod app;
mod client;
mod credential;
mod errors;
mod openapi;
mod snapshot;
mod support;
mod tls;
