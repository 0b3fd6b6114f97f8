//! The end of a command that failed: a sentence, and an exit code.

use std::fmt;

use peribolos_github::Error as GitHubError;
use peribolos_vocab::report::StepExit;

use super::token::TokenError;
use crate::apply;

/// An error that ended a command.
#[derive(Debug)]
pub(super) struct Failure {
    error: anyhow::Error,
    exit: StepExit,
}

impl Failure {
    /// An apply, whose exit code shows the cause.
    pub(super) fn of_apply(error: anyhow::Error) -> Self {
        let of_cause = |cause: &(dyn std::error::Error + 'static)| {
            let of_token = cause.downcast_ref().map(TokenError::exit);
            of_token.or_else(|| cause.downcast_ref::<GitHubError>().map(apply::exit))
        };
        let exit = error.chain().find_map(of_cause).unwrap_or(StepExit::Failed);
        Self { error, exit }
    }

    /// Any other command.
    pub(super) const fn of_command(error: anyhow::Error) -> Self {
        Self { error, exit: StepExit::Failed }
    }

    /// The exit code.
    pub(super) fn code(&self) -> std::process::ExitCode {
        self.exit.code().into()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&sentence(&self.error))
    }
}

/// An error and its causes on one line, without a full stop of its own. Many errors contain their cause already: repeated
/// messages are left out.
pub(super) fn sentence(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let next = cause.to_string();
        if text.is_empty() {
            text = next;
        } else if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
    }
    text.replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[test]
    fn causes_follow_once_on_one_line() {
        let error =
            anyhow!("no such\nfile").context("x can't be read: no such\nfile").context("nothing was done");
        assert_eq!(sentence(&error), "nothing was done: x can't be read: no such file");
    }
}
