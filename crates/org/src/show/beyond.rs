//! What was lost beyond a plan, as a check on GitHub shows it.

use peribolos_vocab::{Login, RepoName, TeamName};

use super::disclosure::Disclosure;
use super::text::{code, counted};
use crate::plan::Beyond;

/// So many losses are listed; the rest is counted.
const LISTED: usize = 30;

/// What was lost as a list, in its order. What no file names is counted.
pub fn beyond<'b>(losses: impl IntoIterator<Item = &'b Beyond>, disclosure: &Disclosure) -> String {
    let all: Vec<Option<String>> = losses.into_iter().map(|loss| sentence(loss, disclosure)).collect();
    let total = all.len();
    let mut lines: Vec<String> =
        all.into_iter().flatten().take(LISTED).map(|sentence| format!("- {sentence}")).collect();
    let untold = total - lines.len();
    if untold > 0 {
        lines.push(format!("- {} not named here", counted(untold, "loss", "losses")));
    }
    lines.join("\n")
}

/// The loss in words; none where a name in it may not be told.
fn sentence(loss: &Beyond, disclosure: &Disclosure) -> Option<String> {
    let person = |login: &Login| disclosure.names_login(login).then(|| code(login.as_str()));
    let team = |name: &TeamName| disclosure.names_team(name).then(|| code(name.as_str()));
    let repo = |name: &RepoName| disclosure.names_repo(name).then(|| code(name.as_str()));
    Some(match loss {
        Beyond::Member { login } => format!("{} is no member any more", person(login)?),
        Beyond::Owner { login } => format!("{} is no owner any more", person(login)?),
        Beyond::Invitation { login } => format!("the invitation of {} is gone", person(login)?),
        Beyond::Team { name } => format!("the team {} is gone", team(name)?),
        Beyond::TeamMember { team: name, login } => {
            format!("{} is in the team {} no more", person(login)?, team(name)?)
        }
        Beyond::TeamRepo { team: name, repo: reached } => {
            format!("the team {} can't reach {} any more", team(name)?, repo(reached)?)
        }
        Beyond::Collaborator { repo: reached, login } => {
            format!("{} is no collaborator of {} any more", person(login)?, repo(reached)?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    #[test]
    fn only_what_the_file_names_is_named() {
        let file = parse("orgs: {acme: {admins: [alice], teams: {Core: {}}}}", "peribolos.yaml", None);
        let disclosure = Disclosure::of([&file.unwrap().file]);
        let losses = [
            Beyond::Member { login: Login::new("alice") },
            Beyond::Member { login: Login::new("mallory") },
            Beyond::TeamMember { team: TeamName::new("Core"), login: Login::new("Alice") },
            Beyond::TeamMember { team: TeamName::new("Hidden"), login: Login::new("alice") },
        ];
        assert_eq!(
            beyond(&losses, &disclosure),
            "- `alice` is no member any more\n- `Alice` is in the team `Core` no more\n- 2 losses not named here"
        );
    }
}
