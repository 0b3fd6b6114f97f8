//! A comment that is a command. Whether its writer may give it is for the controller to find out.

use peribolos_api::{
    names::ANNOTATION_COMMENT,
    run::{Mode, Source},
};

use super::{Action, Comment, IgnoreReason, decide::Case};

pub(super) fn decide(case: &Case<'_>, comment: &Comment) -> Result<Vec<Action>, IgnoreReason> {
    if comment.app == Some(case.decider.app_id) {
        return Err(IgnoreReason::OwnBot);
    }
    let (name, installation) = case.known()?;
    let git_ref = Case::config_ref(installation, &comment.repository)?;
    let (mode, pull_request) = match command(&comment.first_line) {
        _ if case.sender_is_bot => return Err(IgnoreReason::NotACommand),
        Some(Mode::DryRun) if comment.on_pull_request => (Mode::DryRun, Some(comment.number)),
        Some(Mode::Apply) => (Mode::Apply, None),
        _ => return Err(IgnoreReason::NotACommand),
    };
    // No commit: the payload does not know the head, and the newest is meant.
    let source = Source {
        repository: format!("{}/{}", comment.repository.owner, comment.repository.name),
        git_ref,
        sha: String::new(),
        pull_request,
    };
    let mut run = case.run(name, mode, source);
    run.annotations.insert(ANNOTATION_COMMENT.to_owned(), comment.id.to_string());
    Ok(vec![run.into()])
}

/// What a line asks for, as the mode of a run.
pub fn command(line: &str) -> Option<Mode> {
    let mut words = line.split_ascii_whitespace();
    match (words.next()?, words.next()?, words.next()) {
        ("/peribolos", "plan", None) => Some(Mode::DryRun),
        ("/peribolos", "apply", None) => Some(Mode::Apply),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("/peribolos plan", Some(Mode::DryRun))]
    #[case("/peribolos  apply \r", Some(Mode::Apply))]
    #[case("/peribolos apply now", None)]
    #[case("/peribolos", None)]
    #[case("please /peribolos apply", None)]
    #[case("/peribolos Apply", None)]
    #[case("", None)]
    fn commands(#[case] line: &str, #[case] mode: Option<Mode>) {
        assert_eq!(command(line), mode);
    }
}
