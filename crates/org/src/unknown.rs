//! People whom GitHub does not know.

use peribolos_vocab::Login;

use crate::diagnostic::{Code, Diagnostic, Severity, quoted};
use crate::located::{Located, Position};
use crate::model::{ConfigFile, Team};

/// A warning for each login that was left out because nobody has it, where the file first names it.
pub fn unknown_logins(left_out: &[Login], file: &ConfigFile, file_name: &str) -> Vec<Diagnostic> {
    let warning = |login: &Login| {
        let Position { line, column, end_column } = position(file, login).unwrap_or(Position::START);
        Diagnostic {
            severity: Severity::Warning,
            code: Code::UnknownLogin,
            file: file_name.to_owned(),
            line,
            column,
            end_column,
            message: format!("GitHub knows nobody called {}", quoted(login.as_str())),
            hint: Some("the name is left out; correct it or remove it".to_owned()),
        }
    };
    left_out.iter().map(warning).collect()
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
