//! Tests over real sockets.

mod app;
mod client;
mod errors;
mod openapi;
mod support;
mod tls;
