//! Asks for confirmation on a terminal before anything is changed.

use std::io::{BufRead, IsTerminal, Write};

use peribolos_github::Login;
use rustix::termios::{QueueSelector, tcflush};

/// What was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Go on.
    Yes,
    /// Change nothing.
    No,
}

/// Whether a person can answer.
pub(super) fn is_interactive() -> bool {
    std::io::stdin().is_terminal()
}

/// Asks on standard error, and reads the answer from standard input. What was typed before is thrown away: it answers a
/// question that nobody had seen.
pub(super) fn ask(changes: usize, org: &Login) -> std::io::Result<Answer> {
    tcflush(std::io::stdin(), QueueSelector::IFlush)?;
    let mut stderr = std::io::stderr();
    write!(stderr, "\n{} [y/N] ", question(changes, org))?;
    stderr.flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(answer(&line))
}

fn question(changes: usize, org: &Login) -> String {
    match changes {
        1 => format!("Apply this change to {org}?"),
        changes => format!("Apply these {changes} changes to {org}?"),
    }
}

/// Anything but an explicit yes is a no.
fn answer(line: &str) -> Answer {
    match line.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Answer::Yes,
        _ => Answer::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("y\n", Answer::Yes)]
    #[case("YES\n", Answer::Yes)]
    #[case("\n", Answer::No)]
    #[case("", Answer::No)]
    #[case("yep\n", Answer::No)]
    fn only_yes_is_yes(#[case] line: &str, #[case] expected: Answer) {
        assert_eq!(answer(line), expected);
    }

    #[test]
    fn the_question_has_the_number_and_the_organization() {
        let acme = "acme".parse().unwrap();
        assert_eq!(question(3, &acme), "Apply these 3 changes to acme?");
        assert_eq!(question(1, &acme), "Apply this change to acme?");
    }
}
