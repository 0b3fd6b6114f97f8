//! The repository that holds an organization's file: found once, and from then on known by its id.
//!
//! Whoever needs it asks [`chosen`]. It is looked up on GitHub before each run and in each check of the file; what the lookup
//! found is a [`ConfigFound`], and [`record`] returns what the installation's status has to say because of it.

mod choose;
mod record;
#[cfg(test)]
mod tests;
mod texts;

use peribolos_api::{
    GitHubInstallation, PeribolosRun, Reason,
    installation::{ConfigLocation, ConfigProblem},
};
use peribolos_vocab::Visibility;

pub use self::{
    choose::{Candidate, choose},
    record::record,
    texts::{absent, administered, controlled, gone, inaccessible},
};

/// The repository of an organization's profile and community files.
pub const COMMUNITY: &str = ".github";
/// The repository that the controller creates if the other one is not suitable.
pub const OWN: &str = "peribolos";
/// The repositories of which one is chosen where the spec names none.
pub const CANDIDATES: [&str; 2] = [COMMUNITY, OWN];

/// The config repository, as GitHub has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigRepository {
    /// Its id, which survives a rename.
    pub id: i64,
    /// Its name without the owner.
    pub name: String,
    /// Its default branch.
    pub default_branch: String,
    /// Who can see it.
    pub visibility: Visibility,
    /// Whether it is read-only.
    pub archived: bool,
}

/// What a lookup of the config repository found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigFound {
    /// It exists.
    Here(ConfigRepository),
    /// None exists. A private one of this name may be created.
    Absent(String),
    /// None can be used until a person has acted.
    Unusable(ConfigProblem),
    /// The organization of this name does not exist: it was renamed.
    OtherOrganization(String),
}

impl ConfigFound {
    /// None can be used, for this reason.
    pub fn unusable(reason: Reason, message: String) -> Self {
        Self::Unusable(ConfigProblem { reason: reason.as_str().to_owned(), message })
    }
}

/// The config repository of an installation, as far as it is known without a lookup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen<'a> {
    /// Its name without the owner, when it was last looked up.
    pub name: &'a str,
    /// Its id. None: the spec names it, and it was not looked up yet.
    pub id: Option<i64>,
}

impl Chosen<'_> {
    /// Whether a repository of this name and id is the one. Without an id the names decide.
    pub fn is(&self, name: &str, id: Option<i64>) -> bool {
        match self.id.zip(id) {
            Some((kept, given)) => kept == given,
            None => self.name.eq_ignore_ascii_case(name),
        }
    }
}

/// The config repository of an installation. None: it was not chosen yet.
pub fn chosen(installation: &GitHubInstallation) -> Option<Chosen<'_>> {
    if let Some(kept) = kept(installation) {
        return Some(Chosen { name: &kept.repository, id: Some(kept.repository_id) });
    }
    let named = installation.spec.config.repository.as_str();
    (!named.is_empty()).then_some(Chosen { name: named, id: None })
}

/// What the status says about the config repository, unless the spec has named another one since.
fn kept(installation: &GitHubInstallation) -> Option<&ConfigLocation> {
    let kept = installation.status.as_ref()?.config.as_ref()?;
    (kept.specified == installation.spec.config.repository).then_some(kept)
}

/// The config repository that another object of the same organization with the same settings has found: this object takes it
/// over instead of choosing one itself.
pub fn inherited<'a>(
    installation: &GitHubInstallation,
    others: impl IntoIterator<Item = &'a GitHubInstallation>,
) -> Option<&'a ConfigLocation> {
    let mut same = others.into_iter().filter(|other| other.spec.config == installation.spec.config);
    same.find_map(kept)
}

/// The name of the repository that a run was admitted for, as it is now; before its admission it is the config repository, or the
/// candidate that its source names if none was chosen. None: neither is known.
pub fn of_run<'a>(run: &'a PeribolosRun, installation: &'a GitHubInstallation) -> Option<&'a str> {
    let chosen = chosen(installation);
    match run.status.as_ref().and_then(|status| status.repository.as_ref()) {
        Some(own) if chosen.is_none_or(|chosen| chosen.id != Some(own.id)) => Some(&own.name),
        _ => match chosen {
            Some(chosen) => Some(chosen.name),
            None => candidate(&run.spec.source.repository, login(installation)),
        },
    }
}

/// The name of one of the [`CANDIDATES`] of an organization. `full_name` has the owner. None: it is another repository.
pub fn candidate<'a>(full_name: &'a str, login: &str) -> Option<&'a str> {
    let (owner, name) = full_name.split_once('/')?;
    let is_one = CANDIDATES.iter().any(|candidate| candidate.eq_ignore_ascii_case(name));
    (owner.eq_ignore_ascii_case(login) && is_one).then_some(name)
}

/// The config repository's name with its owner; what is not known is left out.
pub fn full_name(installation: &GitHubInstallation) -> String {
    format!("{}/{}", login(installation), chosen(installation).map_or("", |chosen| chosen.name))
}

/// The name of the installation's account; empty if it is not known.
pub fn login(installation: &GitHubInstallation) -> &str {
    let account = installation.status.as_ref().and_then(|status| status.account.as_ref());
    account.map_or("", |account| account.login.as_str())
}
