//! Repositories of a generated organization.

use std::collections::BTreeMap;

use peribolos_vocab::{Login, Permission, RepoName, SquashMessage, SquashTitle, Visibility};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::names::{LOGINS, REPOS, TEXTS, pick};
use super::people::Standing;
use super::values::{PERMISSIONS, SQUASHES};
use crate::plan::RepoSettingName;
use crate::snapshot::{Own, RepoInvitation, Settings, SnapshotCollaborator, SnapshotRepo};

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
    let named = seeds.iter().zip(REPOS).zip(1..);
    named.map(|((seed, name), id)| repo(seed, name, id, standings)).collect()
}

fn repo(seed: &RepoSeed, name: &str, id: u64, standings: &[Standing]) -> SnapshotRepo {
    let [squash_merge, merge_commit, rebase_merge] = seed.merging;
    let (mut given, mut invited) = (BTreeMap::new(), BTreeMap::new());
    for (index, (who, permission)) in seed.people.iter().enumerate() {
        let at = who.index(LOGINS.len());
        let member = matches!(standings.get(at), Some(Standing::Member | Standing::Owner));
        // Members have access at once; of the others some have not accepted yet.
        let list = if member || index % 2 == 0 { &mut given } else { &mut invited };
        list.insert(Login::new(LOGINS[at]), *permission);
    }
    invited.retain(|login, _| !given.contains_key(login));
    let collaborators = given.into_iter().map(|(login, permission)| SnapshotCollaborator {
        login,
        permission,
        own: Own::Is(permission),
        custom_role: None,
    });
    let collaborators = collaborators.collect();
    let invitations = invited.into_iter().zip(id * 100..).map(|((login, permission), id)| RepoInvitation {
        id,
        login,
        permission,
        expired: false,
    });
    let invitations = invitations.collect();
    use RepoSettingName as Key;
    let flag = |value: bool| value.to_string();
    let visibility = if seed.public { Visibility::Public } else { Visibility::Private };
    SnapshotRepo {
        id,
        name: RepoName::new(name),
        settings: Settings::from([
            (Key::Visibility, visibility.as_str().to_owned()),
            (Key::Description, pick(seed.texts[0], TEXTS).to_owned()),
            (Key::Homepage, pick(seed.texts[1], &["", "https://acme.example"]).to_owned()),
            (Key::DefaultBranch, "main".to_owned()),
            (Key::Archived, flag(seed.archived)),
            (Key::HasIssues, flag(seed.flags[0])),
            (Key::HasProjects, flag(seed.flags[1])),
            (Key::HasWiki, flag(seed.flags[2])),
            (Key::AllowSquashMerge, flag(squash_merge)),
            (Key::AllowMergeCommit, flag(merge_commit)),
            // One way must be left.
            (Key::AllowRebaseMerge, flag(rebase_merge || !(squash_merge || merge_commit))),
            (Key::SquashMergeCommitTitle, seed.squash.0.as_str().to_owned()),
            (Key::SquashMergeCommitMessage, seed.squash.1.as_str().to_owned()),
        ]),
        is_empty: false,
        selected: true,
        collaborators: Some(collaborators),
        invitations,
    }
}
