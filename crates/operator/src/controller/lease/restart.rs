//! The process replaces itself by the same program: what was in memory is gone, and no container restarts.

use std::{
    io,
    os::unix::process::CommandExt,
    process::{self, Command},
};

/// The program of this process, where its own path is not known or no file is there any more.
const PROGRAM: &str = "/proc/self/exe";

/// Begins anew with the same arguments and environment. It only returns where that fails.
pub(super) fn replace_process() -> io::Error {
    let mut args = std::env::args_os();
    let path = std::env::current_exe().ok().filter(|path| path.exists());
    let mut program = Command::new(path.unwrap_or_else(|| PROGRAM.into()));
    if let Some(name) = args.next() {
        program.arg0(name);
    }
    program.args(args).exec()
}

/// Replaces the process, or ends it: nothing of what it was doing goes on.
pub(super) fn begin_anew() -> ! {
    let error = replace_process();
    tracing::error!(%error, "the process could not restart itself and exits");
    process::exit(1)
}
