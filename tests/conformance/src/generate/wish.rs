//! What a file says: made from an organization, then edited.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::organization::{Organization, Repo, Team, rank, upwards};

/// People who do not exist.
pub const GHOSTS: &[&str] = &["ghost-one", "Ghost-Two"];

/// A file, taken apart so that it is easily changed.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Settings of the organization that are given.
    pub settings: BTreeMap<&'static str, Value>,
    /// Owners and, false, other members.
    pub people: BTreeMap<String, bool>,
    /// All teams, each by the name that it has in the end.
    pub teams: BTreeMap<String, WishTeam>,
    /// Repositories by the name that they have in the end.
    pub repos: BTreeMap<String, WishRepo>,
}

/// A team of the file.
#[derive(Clone, Debug, Default)]
pub struct WishTeam {
    pub parent: Option<String>,
    pub previously: Vec<String>,
    pub description: Option<String>,
    pub privacy: Option<&'static str>,
    /// Maintainers and, false, other members.
    pub people: BTreeMap<String, bool>,
    pub repos: BTreeMap<String, String>,
}

/// A repository of the file.
#[derive(Clone, Debug, Default)]
pub struct WishRepo {
    /// Names it had.
    pub previously: Vec<String>,
    /// Settings that are given, `on_create` among them.
    pub settings: BTreeMap<&'static str, Value>,
}

impl Wish {
    /// The file that describes an organization as it is.
    pub fn of(organization: &Organization) -> Self {
        let settings = &organization.settings;
        let mut people: BTreeMap<String, bool> =
            organization.members.iter().map(|(login, role)| (login.clone(), role == "admin")).collect();
        let open = organization.invitations.iter().filter(|invitation| !invitation.failed);
        people.extend(open.map(|invitation| (invitation.login.clone(), invitation.role == "admin")));
        let texts = [
            ("name", &settings.name),
            ("description", &settings.description),
            ("company", &settings.company),
            ("email", &settings.email),
            ("billing_email", &settings.billing_email),
            ("location", &settings.location),
            ("default_repository_permission", &settings.default_repository_permission),
        ];
        let flags = [
            ("members_can_create_repositories", settings.members_can_create_repositories),
            ("has_organization_projects", settings.has_organization_projects),
            ("has_repository_projects", settings.has_repository_projects),
        ];
        let texts = texts.into_iter().filter(|(_, text)| !text.is_empty());
        Self {
            settings: texts
                .map(|(key, text)| (key, json!(text)))
                .chain(flags.map(|(key, flag)| (key, json!(flag))))
                .collect(),
            people,
            teams: organization.teams.iter().map(|of| (of.name.clone(), team(of, organization))).collect(),
            repos: organization.repos.iter().map(|(name, of)| (name.clone(), repo(of))).collect(),
        }
    }

    /// Makes a file of it that is valid, and that upstream is not bound to refuse as a whole.
    pub fn repair(&mut self, organization: &Organization) {
        let owners = organization.members.iter().filter(|(_, role)| *role == "admin");
        for (login, _) in owners.take(2) {
            self.people.retain(|other, _| !other.eq_ignore_ascii_case(login));
            self.people.insert(login.clone(), true);
        }
        for team in self.teams.values_mut() {
            team.people.retain(|login, _| self.people.keys().any(|other| other.eq_ignore_ascii_case(login)));
        }
        let names: BTreeSet<String> = self.teams.keys().cloned().collect();
        let parents: BTreeSet<String> = self.teams.values().filter_map(|team| team.parent.clone()).collect();
        for (name, team) in &mut self.teams {
            if team.parent.is_some() || parents.contains(name) {
                team.privacy = team.privacy.filter(|privacy| *privacy == "closed");
            }
            team.previously.retain(|former| !names.contains(former));
        }
        for (name, repo) in &mut self.repos {
            let had = |name: &String| organization.repos.get(name);
            let Some(of) = had(name).or_else(|| repo.previously.iter().find_map(had)) else { continue };
            // Old and new versions of upstream differ in what they make of these: docs/differences.md.
            if of.visibility == "internal" {
                repo.settings.remove("visibility");
            }
        }
        for repo in self.repos.values_mut() {
            let ways = ["allow_squash_merge", "allow_merge_commit", "allow_rebase_merge"];
            if ways.iter().all(|way| repo.settings.get(way) == Some(&json!(false))) {
                repo.settings.remove(ways[0]);
            }
        }
        for (name, repo) in &self.repos {
            for team in self.teams.values_mut() {
                let has = |other: &str| team.repos.keys().any(|repo| repo.eq_ignore_ascii_case(other));
                // One repository, under one name.
                if has(name) || repo.previously.iter().filter(|former| has(former)).count() > 1 {
                    team.repos.retain(|other, _| {
                        !repo.previously.iter().any(|former| former.eq_ignore_ascii_case(other))
                            || other.eq_ignore_ascii_case(name)
                    });
                }
            }
        }
    }

    /// The YAML of it.
    pub fn yaml(&self, org: &str) -> String {
        let list = |owners: bool| {
            let people = self.people.iter().filter(|(_, owner)| **owner == owners);
            people.map(|(login, _)| login).collect::<Vec<_>>()
        };
        let mut file: Map<String, Value> =
            self.settings.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        file.insert("admins".into(), json!(list(true)));
        file.insert("members".into(), json!(list(false)));
        file.insert("teams".into(), self.below(None));
        let repos = self.repos.iter().map(|(name, repo)| {
            let mut settings = json!(repo.settings);
            if !repo.previously.is_empty() {
                settings["previously"] = json!(repo.previously);
            }
            (name.clone(), settings)
        });
        file.insert("repos".into(), repos.collect());
        let mut text = String::new();
        emit(&json!({"orgs": {org: file}}), 0, &mut text);
        text
    }

    fn below(&self, parent: Option<&str>) -> Value {
        let teams = self.teams.iter().filter(|(_, team)| team.parent.as_deref() == parent);
        teams.map(|(name, team)| (name.clone(), self.team(name, team))).collect()
    }

    fn team(&self, name: &str, team: &WishTeam) -> Value {
        let list = |maintainers: bool| {
            let people = team.people.iter().filter(|(_, maintainer)| **maintainer == maintainers);
            people.map(|(login, _)| login).collect::<Vec<_>>()
        };
        let mut fields = Map::new();
        let mut put = |key: &str, value: Value| fields.insert(key.to_owned(), value);
        team.description.iter().for_each(|text| drop(put("description", json!(text))));
        team.privacy.iter().for_each(|word| drop(put("privacy", json!(word))));
        if !team.previously.is_empty() {
            put("previously", json!(team.previously));
        }
        put("maintainers", json!(list(true)));
        put("members", json!(list(false)));
        put("repos", json!(team.repos));
        put("teams", self.below(Some(name)));
        Value::Object(fields)
    }
}

/// Maps as blocks, everything else as JSON, which is YAML too.
fn emit(value: &Value, depth: usize, text: &mut String) {
    let Value::Object(fields) = value else { return };
    for (key, value) in fields {
        // Writing to a String can't fail.
        let _ = write!(text, "{}{}:", "  ".repeat(depth), json!(key));
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                text.push('\n');
                emit(value, depth + 1, text);
            }
            _ => {
                let _ = writeln!(text, " {value}");
            }
        }
    }
}

/// A team with what GitHub's lists add: people of the teams below it, and access of those above.
fn team(of: &Team, organization: &Organization) -> WishTeam {
    let mut people: BTreeMap<String, bool> =
        below(of, organization).into_iter().map(|login| (login, false)).collect();
    let open = |login: &&String| {
        organization.invitations.iter().any(|invitation| invitation.login == **login && !invitation.failed)
    };
    people.extend(of.invitations.iter().filter(open).map(|login| (login.clone(), false)));
    let owns = |login: &String| organization.members.get(login).is_some_and(|role| role == "admin");
    people
        .extend(of.members.iter().map(|(login, role)| (login.clone(), role == "maintainer" || owns(login))));
    let mut repos = BTreeMap::new();
    for team in upwards(of, &organization.teams) {
        for (repo, word) in &team.repos {
            let had: &mut String = repos.entry(repo.clone()).or_default();
            if rank(word) > rank(had) {
                word.clone_into(had);
            }
        }
    }
    WishTeam {
        parent: Some(of.parent.clone()).filter(|parent| !parent.is_empty()),
        previously: Vec::new(),
        description: Some(of.description.clone()).filter(|text| !text.is_empty()),
        privacy: Some(if of.privacy == "secret" { "secret" } else { "closed" }),
        people,
        repos: repos.into_iter().map(|(repo, word)| (repo, file_word(&word).to_owned())).collect(),
    }
}

fn below(of: &Team, organization: &Organization) -> BTreeSet<String> {
    let children = organization.teams.iter().filter(|team| team.parent == of.name);
    children
        .flat_map(|child| child.members.keys().cloned().chain(below(child, organization)).collect::<Vec<_>>())
        .collect()
}

fn file_word(word: &str) -> &str {
    match word {
        "pull" => "read",
        "push" => "write",
        other => other,
    }
}

fn repo(of: &Repo) -> WishRepo {
    let mut settings = BTreeMap::from([
        ("visibility", json!(of.visibility)),
        ("default_branch", json!(of.default_branch)),
        ("has_issues", json!(of.has_issues)),
        ("has_projects", json!(of.has_projects)),
        ("has_wiki", json!(of.has_wiki)),
        ("allow_squash_merge", json!(of.allow_squash_merge)),
        ("allow_merge_commit", json!(of.allow_merge_commit)),
        ("allow_rebase_merge", json!(of.allow_rebase_merge)),
        ("squash_merge_commit_title", json!(of.squash_merge_commit_title)),
        ("squash_merge_commit_message", json!(of.squash_merge_commit_message)),
    ]);
    for (key, text) in [("description", &of.description), ("homepage", &of.homepage)] {
        if !text.is_empty() {
            settings.insert(key, json!(text));
        }
    }
    if of.archived {
        settings.insert("archived", json!(true));
    }
    WishRepo { previously: Vec::new(), settings }
}
