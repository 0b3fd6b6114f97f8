//! Programs that end when the test does, however it ends.

use std::{
    ffi::OsStr,
    fs::File,
    path::Path,
    process::{Child, Command, Stdio},
};

/// Runs the program and kills it when the pipe to the test closes: also when the test is killed or aborts.
/// Then the directory `$REMOVE` is removed, if one is named; twice where another program that ends just then still writes.
const GUARD: &str = r#"exec 3<&0; "$@" </dev/null & program=$!; cat <&3 >/dev/null; kill -9 "$program"; wait "$program"
    if [ -n "$REMOVE" ]; then rm -rf "$REMOVE" || { sleep 1; rm -rf "$REMOVE"; }; fi"#;

/// A program that runs until this is dropped, or the test process is gone.
pub struct Process(Child);

impl Process {
    /// Starts the program; what it says goes to `log`.
    pub fn start<S: AsRef<OsStr>>(program: &Path, args: impl IntoIterator<Item = S>, log: &Path) -> Self {
        Self::start_and_remove(program, args, log, Path::new(""))
    }

    /// The same, and removes a directory when the program has ended: a static is never dropped.
    pub fn start_and_remove<S: AsRef<OsStr>>(
        program: &Path,
        args: impl IntoIterator<Item = S>,
        log: &Path,
        directory: &Path,
    ) -> Self {
        let log = File::create(log).unwrap();
        let child = Command::new("sh")
            .args(["-c", GUARD, "guard"])
            .arg(program)
            .args(args)
            .env("REMOVE", directory)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("can't start {}: {error}", program.display()));
        Self(child)
    }
}

impl Process {
    /// The number of the program's process, while it runs.
    pub fn pid(&self) -> Option<i32> {
        let guard = self.0.id();
        let children = std::fs::read_to_string(format!("/proc/{guard}/task/{guard}/children")).ok()?;
        // The guard's own reader of the pipe is started after the program.
        children.split_whitespace().next()?.parse().ok()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        self.0.wait().ok();
    }
}
