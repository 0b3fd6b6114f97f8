//! Prints the table of figures: what the operator costs, each beside a floor measured in the same run.
//!
//! It is no test: nothing here passes or fails by a figure. `scripts/bench` builds and starts it.

mod api_server;
mod delivery;
mod figures;
mod floor;
mod large;
mod load;
mod organization;
mod proc;
mod receiver;
mod seed;
#[path = "../../../crates/operator/tests/support/mod.rs"]
mod support;
mod table;
mod wire;
mod world;

use std::net::SocketAddr;

use anyhow::Result;
use clap::Parser;

/// Measures the operator.
#[derive(Parser)]
struct Args {
    /// Measures only what has this word in its heading.
    #[arg(long)]
    only: Option<String>,
    #[command(subcommand)]
    part: Option<Part>,
}

#[derive(clap::Subcommand)]
enum Part {
    /// The read of a large organization, beside upstream's, and nothing else.
    Read,
    /// The least a receiver can do: reads a body of any size and answers 202.
    Handler {
        /// Where it listens.
        address: SocketAddr,
        /// Checks the signature and reads the payload, too.
        #[arg(long)]
        reads: bool,
    },
    /// The least a controller can hold: the installations and the metadata of their Secrets.
    Watch {
        /// The namespace to watch.
        namespace: String,
        /// Where it tells that both are listed.
        address: SocketAddr,
    },
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    match args.part {
        None => figures::measure(args.only.as_deref().unwrap_or_default()).await,
        Some(Part::Read) => figures::read().await,
        Some(Part::Handler { address, reads: false }) => floor::handler(address).await,
        Some(Part::Handler { address, reads: true }) => floor::reader(address).await,
        Some(Part::Watch { namespace, address }) => floor::watch(&namespace, address).await,
    }
}
