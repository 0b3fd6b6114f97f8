//! Repositories of a generated organization.

use std::collections::BTreeMap;

use peribolos_vocab::{Login, Permission, RepoName, SquashMessage, SquashTitle, Visibility};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::names::{LOGINS, REPOS, TEXTS, pick};
use super::people::Standing;
use super::values::{PERMISSIONS, SQUASHES};
use crate::snapshot::SnapshotRepo;

/// Choices for one repository.
#[derive(Clone, Debug)]
pub(super) struct RepoSeed {
    public: bool,
    texts: [Index; 2],
    archived: bool,
    flags: [bool; 3],
    merging: [bool; 3],
    squash: (SquashTitle, SquashMessage),
    people: Vec<(Index, Permission)>,
}

pub(super) fn seed() -> impl Strategy<Value = RepoSeed> {
    let people = proptest::collection::vec((any::<Index>(), select(PERMISSIONS)), 0..4);
    let archived = prop::bool::weighted(0.15);
    (
        any::<bool>(),
        any::<[Index; 2]>(),
        archived,
        any::<[bool; 3]>(),
        any::<[bool; 3]>(),
        select(SQUASHES),
        people,
    )
        .prop_map(|(public, texts, archived, flags, merging, squash, people)| RepoSeed {
            public,
            texts,
            archived,
            flags,
            merging,
            squash,
            people,
        })
}

/// The repositories of these seeds, named in turn.
pub(super) fn build(seeds: &[RepoSeed], standings: &[Standing]) -> Vec<SnapshotRepo> {
    seeds.iter().zip(REPOS).map(|(seed, name)| repo(seed, name, standings)).collect()
}

fn repo(seed: &RepoSeed, name: &str, standings: &[Standing]) -> SnapshotRepo {
    let [squash_merge, merge_commit, rebase_merge] = seed.merging;
    let (mut collaborators, mut invitations) = (BTreeMap::new(), BTreeMap::new());
    for (index, (who, permission)) in seed.people.iter().enumerate() {
        let at = who.index(LOGINS.len());
        let member = matches!(standings.get(at), Some(Standing::Member | Standing::Owner));
        // Members have access at once; of the others some have not accepted yet.
        let list = if member || index % 2 == 0 { &mut collaborators } else { &mut invitations };
        list.insert(Login::new(LOGINS[at]), *permission);
    }
    invitations.retain(|login, _| !collaborators.contains_key(login));
    SnapshotRepo {
        name: RepoName::new(name),
        visibility: if seed.public { Visibility::Public } else { Visibility::Private },
        description: pick(seed.texts[0], TEXTS).to_owned(),
        homepage: pick(seed.texts[1], &["", "https://acme.example"]).to_owned(),
        default_branch: "main".to_owned(),
        archived: seed.archived,
        has_issues: seed.flags[0],
        has_projects: seed.flags[1],
        has_wiki: seed.flags[2],
        allow_squash_merge: Some(squash_merge),
        allow_merge_commit: Some(merge_commit),
        // One way must be left.
        allow_rebase_merge: Some(rebase_merge || !(squash_merge || merge_commit)),
        squash_merge_commit_title: Some(seed.squash.0),
        squash_merge_commit_message: Some(seed.squash.1),
        collaborators: Some(collaborators.into_iter().collect()),
        invitations: invitations.into_iter().collect(),
    }
}
