//! Why an organization has no usable config repository, and what can be done. These sentences are shown in conditions, and to
//! owners on GitHub.

/// So many names are listed.
const NAMED: usize = 5;

/// Two repositories qualify; `what` says how.
pub(super) fn ambiguous(login: &str, names: [&str; 2], what: &str) -> String {
    format!(
        "the organization's file {what} both {login}/{} and {login}/{}, so it is unclear which of them is meant: remove it from \
         one of them, or let the platform team name the repository in the settings of this organization",
        names[0], names[1]
    )
}

/// There is no such repository, and it is not created.
pub fn absent(login: &str, name: &str) -> String {
    format!(
        "there is no repository {login}/{name}, or the App has no access to it: create it as a private one, or add it to the \
         App's repositories"
    )
}

/// It exists, but outside the App's selection.
pub fn inaccessible(login: &str, name: &str) -> String {
    format!("{login}/{name} exists, but the App was not given access to it: add it to the App's repositories")
}

/// The repository that was found before does not exist any more, or has left the organization.
pub fn gone(login: &str, name: &str) -> String {
    format!(
        "the repository {login}/{name} that holds the organization's file was deleted, or moved to where the App can't see it; \
         another repository of that name is not used in its place: bring it back, or let the platform team name the repository \
         that is meant"
    )
}

/// People who are no owners administer the repository with the file that an owner is asked to apply. `repository` is the full
/// name.
pub fn controlled(repository: &str, strangers: &[String], is_named: bool) -> String {
    let is_one = strangers.len() == 1;
    let who = match (is_named, is_one) {
        (true, _) => listed(strangers),
        (false, true) => "1 person".to_owned(),
        (false, false) => format!("{} people", strangers.len()),
    };
    let are = if is_one { "is no owner" } else { "are no owners" };
    format!(
        "Before that, check who controls the repository: {who} can administer {repository} and {are} of the organization. Whoever \
         controls that repository controls the organization once its file is applied. If this is not intended, an owner takes \
         their admin role in it away first, in the repository's settings, or deletes or renames the repository."
    )
}

/// People who are no owners administer it.
pub fn administered(login: &str, name: &str, strangers: &[String]) -> String {
    let (who, are) = (listed(strangers), if strangers.len() == 1 { "is" } else { "are" });
    format!(
        "{login}/{name} would hold the organization's file, but {who} can administer it and {are} no owner of the \
         organization: whoever controls that repository controls the organization. An owner takes their admin role in it away, or \
         deletes or renames the repository, so that the App creates one"
    )
}

/// Their logins, not too many of them.
fn listed(logins: &[String]) -> String {
    let named: Vec<&str> = logins.iter().take(NAMED).map(String::as_str).collect();
    let more = logins.len() - named.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", named.join(", "))
}
