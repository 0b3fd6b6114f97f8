//! Tests over real sockets.

mod app;
mod client;
mod credential;
mod errors;
mod gate;
mod kinds;
mod openapi;
mod snapshot;
mod support;
mod tls;
