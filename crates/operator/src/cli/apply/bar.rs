//! The progress of an apply, on standard error: a bar on a terminal, lines elsewhere.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use peribolos_org::plan::{Operation, Outcome};

use crate::apply::Progress;

/// The shortest pause that is reported.
const LONG: Duration = Duration::from_secs(5);

/// A bar, or lines.
pub(super) struct Bar {
    bar: ProgressBar,
    is_terminal: bool,
}

impl Bar {
    /// Shows that nothing of so many is done yet.
    pub(super) fn start(of: usize) -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        let target = if is_terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(of as u64), target);
        if let Ok(style) = ProgressStyle::with_template("applying {wide_bar} {pos} of {len}  {msg}") {
            bar.set_style(style);
        }
        bar.tick();
        Self { bar, is_terminal }
    }

    /// The apply has ended.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn operation(&self, done: usize, of: usize, _: &Operation, _: &Outcome) {
        self.bar.set_position(done as u64);
        self.bar.set_message("");
        if !self.is_terminal {
            eprintln!("{done} of {of}");
        }
    }

    fn waits(&self, pause: Duration) {
        if pause >= LONG {
            let seconds = pause.as_secs();
            self.bar.set_message(format!("waiting {seconds} s"));
            if !self.is_terminal {
                eprintln!("waiting {seconds} s, as GitHub asks for it");
            }
        }
    }
}
