//! What people change in a file.

use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use super::values::{LOGINS, REPOS, TEAMS, address, default_permission, permission, text};
use super::wish::GHOSTS;

/// One change of a file. Where there is nothing to change it changes nothing.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each says it by its name; none takes something out of the file")]
pub enum Edit {
    Setting(&'static str, Option<Value>),
    Person(&'static str, Option<bool>),
    AddTeam(&'static str, Option<Index>, Option<&'static str>, Option<String>),
    RemoveTeam(Index),
    RenameTeam(Index, &'static str),
    MoveTeam(Index, Option<Index>),
    TeamPrivacy(Index, Option<&'static str>),
    TeamDescription(Index, Option<String>),
    TeamPerson(Index, &'static str, Option<bool>),
    TeamRepo(Index, Index, Option<&'static str>),
    AddRepo(&'static str, Option<&'static str>, bool),
    RemoveRepo(Index),
    RenameRepo(Index, &'static str),
    RepoSetting(Index, &'static str, Option<Value>),
    SpellPeople(bool),
    SpellTeams(bool),
    SpellRepos(bool),
}

/// Any change.
pub fn edit() -> impl Strategy<Value = Edit> {
    let at = any::<Index>;
    let privacy = || option::of(select(&["closed", "secret"][..]));
    let new_name = || select(&["Renamed", "core", "DOCS", "New Team"][..]);
    prop_oneof![
        4 => setting(),
        8 => (person(), option::of(any::<bool>())).prop_map(|(who, role)| Edit::Person(who, role)),
        2 => (select(TEAMS), option::of(at()), privacy(), option::of(text()))
            .prop_map(|(name, parent, privacy, text)| Edit::AddTeam(name, parent, privacy, text)),
        1 => at().prop_map(Edit::RemoveTeam),
        1 => (at(), new_name()).prop_map(|(team, name)| Edit::RenameTeam(team, name)),
        2 => (at(), option::of(at())).prop_map(|(team, to)| Edit::MoveTeam(team, to)),
        1 => (at(), privacy()).prop_map(|(team, privacy)| Edit::TeamPrivacy(team, privacy)),
        1 => (at(), option::of(text())).prop_map(|(team, text)| Edit::TeamDescription(team, text)),
        9 => (at(), person(), option::of(any::<bool>()))
            .prop_map(|(team, who, role)| Edit::TeamPerson(team, who, role)),
        6 => (at(), at(), option::of(prop_oneof![6 => permission(), 1 => Just("none")]))
            .prop_map(|(team, repo, may)| Edit::TeamRepo(team, repo, may)),
        2 => (select(REPOS), option::of(select(&["public", "private"][..])), any::<bool>())
            .prop_map(|(name, visibility, init)| Edit::AddRepo(name, visibility, init)),
        1 => at().prop_map(Edit::RemoveRepo),
        1 => (at(), select(&["renamed", "SITE", "handbook", "new.repo"][..]))
            .prop_map(|(repo, name)| Edit::RenameRepo(repo, name)),
        8 => repo_setting(),
        1 => any::<bool>().prop_map(Edit::SpellPeople),
        1 => any::<bool>().prop_map(Edit::SpellTeams),
        1 => any::<bool>().prop_map(Edit::SpellRepos),
    ]
}

fn person() -> impl Strategy<Value = &'static str> {
    prop_oneof![12 => select(LOGINS), 1 => select(GHOSTS)]
}

fn setting() -> impl Strategy<Value = Edit> {
    let texts = select(&["name", "description", "company", "email", "location"][..]);
    let flags = select(
        &["members_can_create_repositories", "has_organization_projects", "has_repository_projects"][..],
    );
    prop_oneof![
        4 => (texts, option::weighted(0.8, text())).prop_map(|(key, text)| (key, text.map(|text| json!(text)))),
        1 => address().prop_map(|address| ("billing_email", Some(json!(address)))),
        1 => default_permission().prop_map(|word| ("default_repository_permission", Some(json!(word)))),
        2 => (flags, option::weighted(0.8, any::<bool>()))
            .prop_map(|(key, flag)| (key, flag.map(|flag| json!(flag)))),
    ]
    .prop_map(|(key, value)| Edit::Setting(key, value))
}

fn repo_setting() -> impl Strategy<Value = Edit> {
    let flags = [
        "has_issues",
        "has_projects",
        "has_wiki",
        "allow_squash_merge",
        "allow_merge_commit",
        "allow_rebase_merge",
    ];
    let words = |words: &'static [&'static str]| select(words).prop_map(|word| json!(word));
    let set = prop_oneof![
        6 => (Just(flags.to_vec()).prop_flat_map(select), any::<bool>().prop_map(|flag| json!(flag))),
        2 => (select(vec!["description", "homepage"]), text().prop_map(|text| json!(text))),
        2 => (Just("visibility"), words(&["public", "private"])),
        2 => (Just("archived"), prop_oneof![6 => Just(json!(true)), 1 => Just(json!(false))]),
        1 => (Just("squash_merge_commit_title"), words(&["PR_TITLE", "COMMIT_OR_PR_TITLE"])),
        1 => (Just("squash_merge_commit_message"), words(&["PR_BODY", "COMMIT_MESSAGES", "BLANK"])),
    ];
    (any::<Index>(), set, prop::bool::weighted(0.8))
        .prop_map(|(repo, (key, value), given)| Edit::RepoSetting(repo, key, given.then_some(value)))
}
