//! The choice of the config repository where the spec names none: made for a new installation, and again if the status was lost,
//! as after a restore. The two can't be told apart, so one rule serves both.

use peribolos_api::Reason;
use peribolos_vocab::Visibility;

use super::{COMMUNITY, ConfigFound, ConfigRepository, OWN, texts};

/// A repository that may hold the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The repository.
    pub repository: ConfigRepository,
    /// Whether the file is on its config branch.
    pub has_file: bool,
    /// Whether a check of our App says that the file was applied from there.
    pub is_applied: bool,
    /// Who can administer it and is no owner of the organization. Empty also if that does not matter, as it was applied from there.
    pub strangers: Vec<String>,
}

/// Chooses the config repository of the organization `login` from the existing [`super::CANDIDATES`].
///
/// What was applied before decides, then where the file is: nobody but the App can create its checks. Without any file it is
/// `.github` if that is private, since its content may be public otherwise, else `peribolos`. A repository without the file that
/// somebody else than an owner administers is not chosen: who controls it would control the organization. With the file, it comes
/// after a private `.github`, since members may create private repositories with any file in them.
/// `may_create`: whether the controller may create the repository.
pub fn choose(login: &str, candidates: &[Candidate], may_create: bool) -> ConfigFound {
    let named = |name: &str| candidates.iter().find(|candidate| is_named(candidate, name));
    let community = named(COMMUNITY).filter(|candidate| {
        candidate.repository.visibility == Visibility::Private && !candidate.repository.archived
    });
    let comes_after_community = |candidate: &Candidate| {
        !candidate.strangers.is_empty()
            && community.is_some_and(|community| community.repository.id != candidate.repository.id)
    };
    let applied: Vec<&Candidate> = candidates.iter().filter(|candidate| candidate.is_applied).collect();
    let with_file = candidates.iter().filter(|candidate| candidate.has_file);
    let with_file: Vec<&Candidate> =
        with_file.filter(|candidate| !comes_after_community(candidate)).collect();
    for (found, what) in [(applied, "was applied from"), (with_file, "is in")] {
        match (found.first(), found.get(1)) {
            (None, _) => {}
            (Some(one), None) => return ConfigFound::Here(one.repository.clone()),
            (Some(one), Some(other)) => {
                let message = texts::ambiguous(login, [&one.repository.name, &other.repository.name], what);
                return ConfigFound::unusable(Reason::ConfigAmbiguous, message);
            }
        }
    }
    match community.or_else(|| named(OWN)) {
        None if may_create => ConfigFound::Absent(OWN.to_owned()),
        None => ConfigFound::unusable(Reason::ConfigMissing, texts::absent(login, OWN)),
        Some(candidate) if candidate.strangers.is_empty() => ConfigFound::Here(candidate.repository.clone()),
        Some(candidate) => ConfigFound::unusable(
            Reason::ConfigMissing,
            texts::administered(login, &candidate.repository.name, &candidate.strangers),
        ),
    }
}

fn is_named(candidate: &Candidate, name: &str) -> bool {
    candidate.repository.name.eq_ignore_ascii_case(name)
}
