//! Tests over real sockets.

mod app;
mod client;
mod errors;
mod support;
mod tls;
