//! Organizations as GitHub may have them, in the simulator's form.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use serde::Serialize;

use super::values::{LOGINS, REPOS, TEAMS, address, default_permission, mostly, permission, rarely, text};

/// An organization, but for its login and installation.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "docs/github-sim.md has its form")]
pub struct Organization {
    pub settings: Settings,
    pub members: BTreeMap<String, String>,
    pub concealed: BTreeSet<String>,
    pub invitations: Vec<Invitation>,
    pub teams: Vec<Team>,
    pub repos: BTreeMap<String, Repo>,
}

/// Its settings.
#[derive(Clone, Debug, Serialize)]
pub struct Settings {
    pub name: String,
    pub description: String,
    pub company: String,
    pub email: String,
    pub billing_email: String,
    pub location: String,
    pub default_repository_permission: String,
    pub members_can_create_repositories: bool,
    pub has_organization_projects: bool,
    pub has_repository_projects: bool,
}

/// An invitation, open or failed.
#[derive(Clone, Debug, Serialize)]
pub struct Invitation {
    pub login: String,
    pub role: String,
    pub failed: bool,
}

/// A team.
#[derive(Clone, Debug, Serialize)]
pub struct Team {
    pub name: String,
    pub description: String,
    pub privacy: String,
    pub parent: String,
    pub members: BTreeMap<String, String>,
    pub invitations: BTreeSet<String>,
    pub repos: BTreeMap<String, String>,
}

/// A repository.
#[derive(Clone, Debug, Serialize)]
pub struct Repo {
    pub visibility: String,
    pub description: String,
    pub homepage: String,
    pub default_branch: String,
    pub archived: bool,
    pub has_issues: bool,
    pub has_projects: bool,
    pub has_wiki: bool,
    pub allow_squash_merge: bool,
    pub allow_merge_commit: bool,
    pub allow_rebase_merge: bool,
    pub squash_merge_commit_title: String,
    pub squash_merge_commit_message: String,
    pub collaborators: BTreeMap<String, String>,
    pub files: BTreeMap<String, String>,
}

/// Any organization.
pub fn organization() -> impl Strategy<Value = Organization> {
    let people = (2..=LOGINS.len(), Just(LOGINS.to_vec()).prop_shuffle(), vec(rarely(4), LOGINS.len()));
    let invited = vec((rarely(3), rarely(4)), 0..3);
    (settings(), people, vec(any::<Index>(), 0..3), invited, repos(), 0..=5_usize)
        .prop_flat_map(|(settings, (count, order, admins), concealed, invited, repos, teams)| {
            let members: BTreeMap<String, String> = order[..count]
                .iter()
                .enumerate()
                .map(|(at, login)| {
                    let role = if at < 2 || admins[at] { "admin" } else { "member" };
                    ((*login).to_owned(), role.to_owned())
                })
                .collect();
            let invitations: Vec<Invitation> = order[count..]
                .iter()
                .zip(&invited)
                .map(|(login, (admin, failed))| Invitation {
                    login: (*login).to_owned(),
                    role: if *admin { "admin" } else { "member" }.to_owned(),
                    failed: *failed,
                })
                .collect();
            let logins: Vec<String> = members.keys().cloned().collect();
            let concealed = concealed.iter().map(|at| at.get(&logins).clone()).collect();
            let open = invitations.iter().filter(|i| !i.failed).map(|i| i.login.clone()).collect();
            let teams = self::teams(teams, logins, open, repos.keys().cloned().collect());
            (Just((settings, members, concealed, invitations, repos)), teams)
        })
        .prop_map(|((settings, members, concealed, invitations, repos), teams)| Organization {
            settings,
            members,
            concealed,
            invitations,
            teams,
            repos,
        })
}

fn settings() -> impl Strategy<Value = Settings> {
    (vec(text(), 5), address(), default_permission(), any::<[bool; 3]>()).prop_map(
        |(texts, billing_email, permission, flags)| Settings {
            name: texts[0].clone(),
            description: texts[1].clone(),
            company: texts[2].clone(),
            email: texts[3].clone(),
            billing_email,
            location: texts[4].clone(),
            default_repository_permission: permission.to_owned(),
            members_can_create_repositories: flags[0],
            has_organization_projects: flags[1],
            has_repository_projects: flags[2],
        },
    )
}

fn repos() -> impl Strategy<Value = BTreeMap<String, Repo>> {
    let names = subsequence(REPOS, 0..=REPOS.len());
    names.prop_flat_map(|names| {
        let repos = vec(repo(), names.len());
        repos.prop_map(move |repos| names.iter().map(|name| (*name).to_owned()).zip(repos).collect())
    })
}

fn repo() -> impl Strategy<Value = Repo> {
    let visibility = prop_oneof![4 => Just("private"), 4 => Just("public"), 1 => Just("internal")];
    let merging = prop_oneof![
        2 => Just([true, true, true]),
        1 => any::<[bool; 3]>().prop_map(|flags| if flags == [false; 3] { [true; 3] } else { flags }),
    ];
    let words = (
        select(&["PR_TITLE", "COMMIT_OR_PR_TITLE"][..]),
        select(&["PR_BODY", "COMMIT_MESSAGES", "BLANK"][..]),
    );
    let rest = (text(), text(), select(&["main", "trunk"][..]), rarely(8), any::<[bool; 3]>(), mostly());
    let collaborators =
        btree_map(select(LOGINS).prop_map(str::to_owned), permission().prop_map(api_word), 0..2);
    (visibility, merging, words, rest, collaborators).prop_map(
        |(visibility, merging, (title, message), rest, collaborators)| {
            let (description, homepage, branch, archived, has, begun) = rest;
            let files = begun.then(|| ("README.md".to_owned(), "hello\n".to_owned()));
            Repo {
                visibility: visibility.to_owned(),
                description,
                homepage,
                default_branch: branch.to_owned(),
                archived,
                has_issues: has[0],
                has_projects: has[1],
                has_wiki: has[2],
                allow_squash_merge: merging[0],
                allow_merge_commit: merging[1],
                allow_rebase_merge: merging[2],
                squash_merge_commit_title: title.to_owned(),
                squash_merge_commit_message: message.to_owned(),
                collaborators,
                files: files.into_iter().collect(),
            }
        },
    )
}

/// The word of GitHub's API for a permission.
fn api_word(permission: &str) -> String {
    match permission {
        "read" => "pull",
        "write" => "push",
        other => other,
    }
    .to_owned()
}

type Within = (Vec<(Index, bool)>, Vec<Index>, Vec<(Index, &'static str)>, Option<Index>, bool, String);

fn teams(
    count: usize,
    people: Vec<String>,
    invited: Vec<String>,
    repos: Vec<String>,
) -> impl Strategy<Value = Vec<Team>> {
    let within = (
        vec((any::<Index>(), any::<bool>()), 0..4),
        vec(any::<Index>(), 0..2),
        vec((any::<Index>(), permission()), 0..3),
        option::weighted(0.4, any::<Index>()),
        rarely(3),
        text(),
    );
    let names = Just(TEAMS.to_vec()).prop_shuffle();
    (names, vec(within, count)).prop_map(move |(names, within)| {
        let mut teams: Vec<Team> = Vec::new();
        for (name, within) in names.iter().zip(within) {
            let team = team(name, within, &mut teams, (&people, &invited, &repos));
            teams.push(team);
        }
        teams
    })
}

fn team(
    name: &str,
    (members, pending, access, parent, secret, description): Within,
    others: &mut [Team],
    (people, invited, repos): (&[String], &[String], &[String]),
) -> Team {
    let parent = parent.filter(|_| !others.is_empty()).map(|at| {
        let at = at.index(others.len());
        // GitHub nests closed teams only.
        "closed".clone_into(&mut others[at].privacy);
        others[at].name.clone()
    });
    let role = |maintainer: bool| if maintainer { "maintainer" } else { "member" }.to_owned();
    let members = members.iter().map(|(at, maintainer)| (at.get(people).clone(), role(*maintainer)));
    let pending = pending.iter().filter(|_| !invited.is_empty()).map(|at| at.get(invited).clone());
    let access = access.iter().filter(|_| !repos.is_empty());
    let mut team = Team {
        name: name.to_owned(),
        description,
        privacy: if secret && parent.is_none() { "secret" } else { "closed" }.to_owned(),
        parent: parent.unwrap_or_default(),
        members: members.collect(),
        invitations: pending.collect(),
        repos: access.map(|(at, permission)| (at.get(repos).clone(), api_word(permission))).collect(),
    };
    let above: Vec<&Team> = upwards(&team, others).skip(1).collect();
    let gives =
        |repo: &String| above.iter().filter_map(|team| team.repos.get(repo)).map(|word| rank(word)).max();
    // What is a team's own and no more than it inherits is not to be seen: docs/differences.md.
    let hidden: Vec<String> = team
        .repos
        .iter()
        .filter(|(repo, word)| gives(repo) >= Some(rank(word)))
        .map(|(repo, _)| repo.clone())
        .collect();
    team.repos.retain(|repo, _| !hidden.contains(repo));
    team
}

/// A team and those above it.
pub fn upwards<'t>(team: &'t Team, all: &'t [Team]) -> impl Iterator<Item = &'t Team> {
    std::iter::successors(Some(team), |team| all.iter().find(|other| other.name == team.parent))
}

/// How much a permission of GitHub's API is.
pub fn rank(word: &str) -> usize {
    ["", "pull", "triage", "push", "maintain", "admin"].iter().position(|known| *known == word).unwrap_or(0)
}
