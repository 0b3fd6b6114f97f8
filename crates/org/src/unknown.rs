//! People whom GitHub does not know.

use crate::Login;
use crate::file::findings::{Code, Diagnostic, Severity, quoted};
use crate::file::model::{ConfigFile, Team};
use crate::file::position::{Located, Position};
use crate::plan::{Change, Plan};
use crate::show::Namer;

/// A warning for each login that a plan leaves out because nobody has it, where the file first names it. Where a member
/// of a similar name is removed by the same plan, it asks whether that is the same person.
pub fn unknown_logins(plan: &Plan, file: &ConfigFile, file_name: &str, namer: &Namer<'_>) -> Vec<Diagnostic> {
    let warning = |login: &Login| {
        let Position { line, column, end_column } = position(file, login).unwrap_or(Position::START);
        // Findings quote names wherever they are shown.
        let shown = |login: &Login| namer.login(login).map(|_| quoted(login.as_str()));
        let name = shown(login).unwrap_or_else(|| "This login".to_owned());
        let (message, hint) = match renamed(login, plan).map(shown) {
            None => (
                format!("{name} is not known to GitHub"),
                "the name is left out; correct it or remove it".to_owned(),
            ),
            Some(Some(member)) => (
                format!("{name} is not known, and member {member} is not in the file: was it renamed?"),
                format!("write {member}, or the member is removed"),
            ),
            Some(None) => (
                format!(
                    "{name} is not known, and a member of a similar name is not in the file: was it renamed?"
                ),
                "write that name, or the member is removed".to_owned(),
            ),
        };
        Diagnostic {
            severity: Severity::Warning,
            code: Code::UnknownLogin,
            file: file_name.to_owned(),
            line,
            column,
            end_column,
            message,
            hint: Some(hint),
        }
    };
    plan.left_out.iter().map(warning).collect()
}

/// The member whom a plan removes and whose login is most like one that nobody has.
fn renamed<'p>(login: &Login, plan: &'p Plan) -> Option<&'p Login> {
    let removed = plan.operations.iter().filter_map(|operation| match &operation.change {
        Change::RemoveMember { login, .. } => Some(login),
        _ => None,
    });
    let near = removed.filter_map(|member| Some((distance(login.as_str(), member.as_str())?, member)));
    near.min_by_key(|(distance, _)| *distance).map(|(_, member)| member)
}

/// How far two logins are from each other; none: they are not alike.
fn distance(one: &str, other: &str) -> Option<usize> {
    /// A shorter login is a part of many.
    const SHORTEST: usize = 3;
    let plain = |login: &str| login.replace(['-', '_'], "").to_ascii_lowercase();
    let (one, other) = (plain(one), plain(other));
    let (shorter, longer) = if one.len() < other.len() { (&one, &other) } else { (&other, &one) };
    let distance = strsim::damerau_levenshtein(&one, &other);
    let is_part = shorter.len() >= SHORTEST && longer.contains(shorter.as_str());
    (is_part || distance * 3 <= longer.len()).then_some(distance)
}

fn position(file: &ConfigFile, login: &Login) -> Option<Position> {
    let is_it = |named: &&Located<Login>| named.value == *login;
    let mut teams: Vec<&Team> = file.teams.iter().rev().collect();
    if let Some(named) = file.admins.iter().chain(&file.members).find(is_it) {
        return named.position;
    }
    while let Some(team) = teams.pop() {
        if let Some(named) = team.maintainers.iter().chain(&team.members).find(is_it) {
            return named.position;
        }
        teams.extend(team.teams.iter().rev());
    }
    let collaborators = file.repos.iter().flat_map(|repo| repo.collaborators.iter().flatten());
    collaborators.map(|person| &person.login).find(is_it)?.position
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_that_are_alike() {
        let alike = [("mila", "mila-dev"), ("mila", "MilaK"), ("jon-smith", "john-smith"), ("ab-cd", "abcd")];
        for (one, other) in alike {
            assert!(distance(one, other).is_some(), "{one} {other}");
            assert!(distance(other, one).is_some(), "{other} {one}");
        }
        for (one, other) in [("mila", "dee"), ("al", "alice"), ("carol", "alice"), ("fay", "eli")] {
            assert!(distance(one, other).is_none(), "{one} {other}");
        }
    }
}
