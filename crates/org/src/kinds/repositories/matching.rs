//! Which repository of GitHub each entry of the file means, and in which order they are gone through.

use std::collections::BTreeSet;

use crate::file::findings::quoted;
use crate::file::model::Repo;
use crate::plan::{Planner, RepoId};
use peribolos_vocab::RepoName;

use super::refuse_whole;

/// The repository that an entry means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// None that is there.
    Nothing,
    /// This one.
    One(RepoId),
    /// The name and a former one are two repositories.
    Several,
}

/// An entry of the file with what it means.
#[derive(Clone, Copy, Debug)]
pub(super) struct Matched<'f> {
    pub(super) repo: &'f Repo,
    pub(super) found: Found,
}

/// What each entry means. A repository that another entry lists under `previously` is that entry's, where each of the
/// two finds one of its own: so a chain of renames can be written.
pub(super) fn match_entries<'f>(planner: &Planner<'_>, entries: &[&'f Repo]) -> Vec<Matched<'f>> {
    let listed = |name: &RepoName| {
        let id = planner.now.repo_named(name)?;
        // What only a team has is in no list of repositories.
        planner.now.repo(id).is_some_and(|repo| repo.known.is_some()).then_some(id)
    };
    let former = |repo: &Repo| -> BTreeSet<RepoId> {
        repo.previously.iter().filter_map(|name| listed(name)).collect()
    };
    let claimed: BTreeSet<RepoId> =
        entries.iter().filter(|repo| listed(&repo.name).is_none()).flat_map(|repo| former(repo)).collect();
    let found = |repo: &Repo| {
        let own = listed(&repo.name);
        let mut all = former(repo);
        all.extend(own.filter(|own| all.is_empty() || !claimed.contains(own)));
        match (all.len(), all.first()) {
            (1, Some(id)) => Found::One(*id),
            (0, _) => Found::Nothing,
            _ => Found::Several,
        }
    };
    entries.iter().map(|repo| Matched { repo, found: found(repo) }).collect()
}

/// The entries in the order in which they can be done: whose name another repository has comes after that one's rename.
/// Repositories that exchange their names are refused.
pub(super) fn in_order<'f>(planner: &mut Planner<'_>, matched: Vec<Matched<'f>>) -> Vec<Matched<'f>> {
    let holder = |entry: &Matched<'_>| {
        let id = planner.now.repo_named(&entry.repo.name)?;
        let other = matched.iter().position(|other| other.found == Found::One(id))?;
        (entry.found != Found::One(id)).then_some(other)
    };
    let before: Vec<Option<usize>> = matched.iter().map(holder).collect();
    let mut order = Vec::with_capacity(matched.len());
    let mut done = vec![false; matched.len()];
    let mut circle = BTreeSet::new();
    for start in 0..matched.len() {
        let mut chain = vec![start];
        while let Some(next) = chain.last().and_then(|last| before[*last]).filter(|next| !done[*next]) {
            if chain.contains(&next) {
                circle.extend(chain.iter().copied());
                break;
            }
            chain.push(next);
        }
        for index in chain.into_iter().rev().filter(|index| !std::mem::replace(&mut done[*index], true)) {
            order.push(index);
        }
    }
    for index in &circle {
        let repo = matched[*index].repo;
        let message = format!("{} and others exchange their names", quoted(repo.name.as_str()));
        let hint = "give one of them a third name in a change of its own first".to_owned();
        refuse_whole(planner, repo, message, hint);
    }
    order.into_iter().filter(|index| !circle.contains(index)).map(|index| matched[index]).collect()
}
