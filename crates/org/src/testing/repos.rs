//! Repositories of a generated organization.

use std::collections::BTreeMap;

use peribolos_vocab::{Login, Permission, RepoName};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::names::{LOGINS, REPOS, pick};
use super::people::Standing;
use super::values::{self, PERMISSIONS, VISIBILITIES};
use crate::settings::{MergeTexts, OrgSetting, RepoSettingName};
use crate::snapshot::{Own, RepoInvitation, Settings, SnapshotCollaborator, SnapshotRepo};

/// Choices for one repository.
#[derive(Clone, Debug)]
pub(super) struct RepoSeed {
    visibility: Index,
    archived: bool,
    /// For each setting of the table, in its order.
    settings: Vec<Index>,
    merge_texts: [Index; 2],
    people: Vec<(Index, Permission)>,
}

pub(super) fn seed() -> impl Strategy<Value = RepoSeed> {
    let people = vec((any::<Index>(), select(PERMISSIONS)), 0..4);
    let settings = vec(any::<Index>(), RepoSettingName::all().count());
    let archived = prop::bool::weighted(0.2);
    (any::<Index>(), archived, settings, any::<[Index; 2]>(), people).prop_map(
        |(visibility, archived, settings, merge_texts, people)| RepoSeed {
            visibility,
            archived,
            settings,
            merge_texts,
            people,
        },
    )
}

/// The repositories of these seeds, named in turn.
pub(super) fn build(
    seeds: &[RepoSeed],
    standings: &[Standing],
    organization: &Settings<OrgSetting>,
) -> Vec<SnapshotRepo> {
    let named = seeds.iter().zip(REPOS).zip(1..);
    named.map(|((seed, name), id)| repo(seed, name, id, standings, organization)).collect()
}

/// The settings, as GitHub lets them be together.
fn settings(seed: &RepoSeed, organization: &Settings<OrgSetting>) -> Settings<RepoSettingName> {
    let choices = RepoSettingName::all().zip(&seed.settings);
    let mut settings: Settings<RepoSettingName> =
        choices.map(|(setting, index)| (setting, values::value(setting, *index))).collect();
    let visibility = pick(seed.visibility, VISIBILITIES);
    settings.insert(RepoSettingName::VISIBILITY, visibility.to_owned());
    settings.insert(RepoSettingName::ARCHIVED, seed.archived.to_string());
    for setting in RepoSettingName::all() {
        let decided = setting.decided().filter(|decided| decided.is_so(organization));
        settings.extend(decided.and_then(|decided| decided.to).map(|to| (setting, to.to_owned())));
    }
    for (texts, index) in MergeTexts::all().zip(seed.merge_texts) {
        settings.extend(values::merge_texts(texts, index));
    }
    let [first, ..] = RepoSettingName::MERGE_METHODS;
    if RepoSettingName::MERGE_METHODS.iter().all(|method| settings.get(method).is_none_or(|on| on == "false"))
    {
        settings.insert(first, "true".to_owned());
    }
    // Everybody may fork what everybody sees.
    if let Some(forking) = RepoSettingName::of_key("allow_forking").filter(|_| visibility == "public") {
        settings.insert(forking, "true".to_owned());
    }
    settings
}

fn repo(
    seed: &RepoSeed,
    name: &str,
    id: u64,
    standings: &[Standing],
    organization: &Settings<OrgSetting>,
) -> SnapshotRepo {
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
    SnapshotRepo {
        id,
        name: RepoName::new(name),
        settings: settings(seed, organization),
        is_empty: false,
        selected: true,
        collaborators: Some(collaborators),
        invitations,
    }
}
