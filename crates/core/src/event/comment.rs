//! A comment that is a command. Whether its author may give it is verified by the controller.

use peribolos_api::{
    names::ANNOTATION_COMMENT,
    run::{Mode, Source, TriggerComment},
};

use super::{Action, Comment, IgnoreReason, decide::Case};

/// What the first line of a comment requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// `/peribolos plan`: a preview.
    Plan,
    /// `/peribolos apply`: an apply of the branch's head.
    Apply,
    /// `/peribolos` and anything else: to be told which commands there are.
    Help,
}

impl Command {
    /// The mode of the run that carries it out. For help that is only a record of the request: it gets no pod.
    pub const fn mode(self) -> Mode {
        match self {
            Self::Apply => Mode::Apply,
            Self::Plan | Self::Help => Mode::DryRun,
        }
    }

    /// What it comes to where it stands: on an issue there is nothing to preview.
    #[must_use]
    pub const fn on(self, pull_request: bool) -> Self {
        match self {
            Self::Plan if !pull_request => Self::Help,
            other => other,
        }
    }
}

pub(super) fn decide(case: &Case<'_>, comment: &Comment) -> Result<Vec<Action>, IgnoreReason> {
    if comment.app == Some(case.decider.app_id) {
        return Err(IgnoreReason::OwnBot);
    }
    let (name, installation) = case.known()?;
    let git_ref = Case::config_ref(installation, &comment.repository)?;
    let command = command(&comment.first_line).map(|command| command.on(comment.on_pull_request));
    let command = command.filter(|command| match command {
        // Two bots that answer each other would never end.
        _ if case.sender_is_bot => false,
        Command::Plan | Command::Apply => true,
        // Strangers can't make the operator write anything. Members who conceal their membership may count as such, which is
        // why the other commands are refused only after the membership was read.
        Command::Help => comment.by_insider,
    });
    let command = command.ok_or(IgnoreReason::NotACommand)?;
    let pull_request =
        Some(comment.number).filter(|_| comment.on_pull_request && command.mode() == Mode::DryRun);
    // No commit: the payload does not know the head, and the newest is meant.
    let source = Source {
        repository: format!("{}/{}", comment.repository.owner, comment.repository.name),
        git_ref,
        sha: String::new(),
        pull_request,
    };
    let mut run = case.run(name, command.mode(), source);
    run.spec.trigger.comment = Some(TriggerComment { id: comment.id, issue: comment.number });
    run.annotations.insert(ANNOTATION_COMMENT.to_owned(), comment.id.to_string());
    Ok(vec![run.into()])
}

/// The command in a comment's first line. None: it is not for the operator.
pub fn command(line: &str) -> Option<Command> {
    // An indented line is code, for everybody who reads it.
    let mut words = line.starts_with('/').then(|| line.split_ascii_whitespace())?;
    if words.next()? != "/peribolos" {
        return None;
    }
    Some(match (words.next(), words.next()) {
        (Some("plan"), None) => Command::Plan,
        (Some("apply"), None) => Command::Apply,
        _ => Command::Help,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("/peribolos plan", Some(Command::Plan))]
    #[case("/peribolos  apply \r", Some(Command::Apply))]
    #[case("/peribolos help", Some(Command::Help))]
    #[case("/peribolos plann", Some(Command::Help))]
    #[case("/peribolos apply now", Some(Command::Help))]
    #[case("/peribolos", Some(Command::Help))]
    #[case("/peribolos Apply", Some(Command::Help))]
    #[case("please /peribolos apply", None)]
    #[case("/peribolosapply", None)]
    #[case::code("    /peribolos apply", None)]
    #[case::code_by_a_tab("\t/peribolos apply", None)]
    #[case("", None)]
    fn commands(#[case] line: &str, #[case] expected: Option<Command>) {
        assert_eq!(command(line), expected);
    }
}
