//! The process re-executes itself: everything in memory is lost, and the container does not restart.

use std::{
    io,
    os::unix::process::CommandExt,
    process::{self, Command},
};

/// The program of this process, for the case that its own path is unknown or the file no longer exists.
const PROGRAM: &str = "/proc/self/exe";

/// Starts again with the same arguments and environment. It returns only if that fails.
pub(super) fn replace_process() -> io::Error {
    let mut args = std::env::args_os();
    let path = std::env::current_exe().ok().filter(|path| path.exists());
    let mut program = Command::new(path.unwrap_or_else(|| PROGRAM.into()));
    if let Some(name) = args.next() {
        program.arg0(name);
    }
    program.args(args).exec()
}

/// Replaces the process, or ends it, so that nothing it was doing continues.
pub(super) fn begin_anew() -> ! {
    let error = replace_process();
    tracing::error!(%error, "the process could not restart itself and exits");
    process::exit(1)
}
