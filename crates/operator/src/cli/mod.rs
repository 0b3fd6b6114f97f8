//! The command line: what people, the chart's Deployments and the Tasks' steps call.

mod access;
mod apply;
mod args;
mod crds;
mod dump;
mod failure;
mod logging;
mod organization;
mod plan;
mod probe;
mod progress;
mod schema;
mod source;
mod token;
mod validate;
mod values;

use std::process::ExitCode;

use clap::Parser;
use tokio_util::sync::CancellationToken;

use crate::{controller, receiver, shutdown, step};
use args::{Cli, Command};
use failure::Failure;
use logging::Format;
pub(crate) use values::app_id;

/// Runs the program: arguments from the process, answers on standard output, everything else on standard error.
///
/// Exit codes: 0 ok, 1 failure, 2 usage; steps have their own, see [`peribolos_vocab::report::StepExit`].
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come this way too, and are no failure.
            let code = match u8::try_from(error.exit_code()).unwrap_or(2) {
                // There 2 says that something would change.
                2 if plan::has_detailed_exit_codes(std::env::args_os()) => 1,
                code => code,
            };
            return match error.print() {
                Ok(()) => code.into(),
                Err(_) => ExitCode::FAILURE,
            };
        }
    };
    match dispatch(cli.command) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("error: {failure}");
            failure.code()
        }
    }
}

fn dispatch(command: Command) -> Result<ExitCode, Failure> {
    let ended = match command {
        Command::Receiver(args) => serve(|stop| receiver::run(args, stop)),
        Command::Controller(args) => serve(|stop| controller::run(*args, stop)),
        Command::Crds(args) => crds::run(&args).map(|()| ExitCode::SUCCESS),
        Command::Apply(args) => return online(Format::Human, apply::run(args)).map_err(Failure::of_apply),
        Command::Plan(args) => online(Format::Human, plan::run(args)),
        Command::Schema(args) => schema::run(&args).map(|()| ExitCode::SUCCESS),
        Command::Validate(args) => validate::run(&args),
        Command::Dump(args) => online(Format::Human, dump::run(args)).map(|()| ExitCode::SUCCESS),
        Command::Probe(args) => online(Format::Human, probe::run(args)),
        Command::Step(command) => online(Format::Human, step::run(command)),
    };
    ended.map_err(Failure::of_command)
}

/// Runs a server until the process is to stop.
fn serve<F: Future<Output = anyhow::Result<()>>>(
    server: impl FnOnce(CancellationToken) -> F,
) -> anyhow::Result<ExitCode> {
    online(Format::Json, async {
        server(shutdown::on_signal()?).await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Runs what talks to GitHub or Kubernetes: with logs, TLS and a runtime.
fn online<T>(format: Format, work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    logging::start(format)?;
    // Fails only where one is installed already, which is this very one.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}
