//! What Linux knows of a process: its memory and its time on processors.

use std::{fs, path::PathBuf, time::Duration};

use anyhow::{Context, Result};

/// A process that somebody else started.
#[derive(Clone, Copy)]
pub struct Pid(u32);

impl Pid {
    /// The process of that number.
    pub fn of(number: u32) -> Self {
        Self(number)
    }

    /// The process that runs this program with all of these words on its command line.
    pub fn find(program: &str, words: &[&str]) -> Result<Self> {
        let is = |directory: PathBuf| -> Option<u32> {
            let line = fs::read(directory.join("cmdline")).ok()?;
            let line = String::from_utf8_lossy(&line).into_owned();
            let arguments: Vec<&str> = line.split('\0').collect();
            let exe = fs::read_link(directory.join("exe")).ok()?;
            let found =
                exe.file_name()?.to_str()? == program && words.iter().all(|word| arguments.contains(word));
            found.then(|| directory.file_name()?.to_str()?.parse().ok()).flatten()
        };
        let all = fs::read_dir("/proc")?.filter_map(Result::ok);
        let pid = all.map(|entry| entry.path()).find_map(is);
        Ok(Self(pid.with_context(|| format!("no {program} with {words:?} runs"))?))
    }

    /// Resident memory now, in bytes.
    pub fn resident(self) -> Result<u64> {
        self.status("VmRSS:")
    }

    /// The most resident memory since [`Self::forget_peak`], in bytes.
    pub fn peak(self) -> Result<u64> {
        self.status("VmHWM:")
    }

    /// Begins to look for a new peak.
    pub fn forget_peak(self) -> Result<()> {
        fs::write(self.file("clear_refs"), "5").context("can't reset the peak")
    }

    /// Processors' time so far, in user mode and in the kernel.
    pub fn cpu(self) -> Result<Duration> {
        let text = fs::read_to_string(self.file("stat"))?;
        // After the name, which may have anything in it, utime and stime are the 12th and 13th: proc_pid_stat(5).
        let (_, rest) = text.rsplit_once(')').context("no name in stat")?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let ticks = |n: usize| fields.get(n).context("stat is short")?.parse::<u64>().context("no number");
        // Linux counts in hundredths of a second for programs, whatever its own clock.
        Ok(Duration::from_millis((ticks(11)? + ticks(12)?) * 10))
    }

    fn status(self, key: &str) -> Result<u64> {
        let text = fs::read_to_string(self.file("status"))?;
        let line = text.lines().find_map(|line| line.strip_prefix(key));
        let line = line.with_context(|| format!("no {key} in status"))?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
    }

    fn file(self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{name}", self.0))
    }
}
