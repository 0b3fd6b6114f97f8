//! What upstream did: the writes in the simulator's log of requests, each with what the audit says that it changed.

use std::collections::BTreeMap;

use anyhow::{Result, bail, ensure};
use peribolos_org::plan::Stage;
use serde_json::Value;

use crate::organization::Organization;
use crate::write::{Change, Write, path_of};

/// How much of an organization's records was there at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    requests: usize,
    audit: usize,
}

/// The present end of the records.
///
/// # Errors
/// When the simulator does not answer.
pub async fn mark(organization: &Organization) -> Result<Mark> {
    Ok(Mark { requests: organization.requests().await?.len(), audit: organization.audit().await?.len() })
}

/// The writes since a mark, in order.
///
/// # Errors
/// When a request is none of those that upstream is known to write with, or when something changed that no request
/// asked for.
pub async fn writes(organization: &Organization, since: Mark) -> Result<Vec<Write>> {
    let org = organization.login().as_str();
    let requests = organization.requests().await?.split_off(since.requests);
    let mut effects = organization.audit().await?.split_off(since.audit);
    let mut writes = Vec::new();
    for request in requests {
        let (method, path) = (text(&request["method"]), text(&request["path"]));
        if method == "GET" || path == "/graphql" {
            continue;
        }
        let path = path_of(org, &path);
        let asked = Asked { stage: stage(&method, &path)?, method, path, body: &request["body"] };
        let answered = request["status"].as_u64().is_some_and(|status| status < 300);
        ensure!(answered, "refused with {}: {} {}", request["status"], asked.method, asked.path);
        let at = effects.iter().position(|effect| asked.made(org, effect));
        let effect = at.map(|at| effects.remove(at));
        writes.push(asked.write(effect.as_ref()));
    }
    let teams_went = writes.iter().any(|write| write.stage == Stage::Teams && write.method == "DELETE");
    let made = writes.iter().any(|write| write.stage == Stage::Repos && write.method == "POST");
    // Teams below one that is deleted go with it, and a new repository may begin with a commit.
    effects.retain(|effect| match text(&effect["action"]).as_str() {
        "team.delete" => !teams_went,
        "ref.create" => !made,
        _ => true,
    });
    if !effects.is_empty() {
        bail!("changes that no request asked for: {effects:#?}");
    }
    Ok(writes)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A value as the file writes it.
fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn stage(method: &str, path: &str) -> Result<Stage> {
    let parts: Vec<&str> = path.split('/').collect();
    Ok(match (method, parts.as_slice()) {
        ("PATCH", [""]) => Stage::Org,
        ("PUT" | "DELETE", ["memberships", _]) => Stage::OrgMembers,
        ("POST", ["repos"]) | ("PATCH", ["repos", _]) => Stage::Repos,
        ("POST", ["teams"]) | ("PATCH" | "DELETE", ["teams", _]) => Stage::Teams,
        ("PUT" | "DELETE", ["teams", _, "memberships", _]) => Stage::TeamMembers,
        ("PUT" | "DELETE", ["teams", _, "repos", _]) => Stage::TeamRepos,
        _ => bail!("upstream is not known to write by {method} {path}"),
    })
}

/// A request that writes.
struct Asked<'r> {
    stage: Stage,
    method: String,
    path: String,
    body: &'r Value,
}

impl Asked<'_> {
    /// Whether a change in the audit is this request's.
    fn made(&self, org: &str, effect: &Value) -> bool {
        let target = path_of(org, &text(&effect["target"]));
        let (before, after) = (&effect["before"], &effect["after"]);
        let same_name = || text(&after["name"]) == text(&self.body["name"]);
        match (text(&effect["action"]).as_str(), self.method.as_str(), self.stage) {
            ("org.update", "PATCH", Stage::Org)
            | ("membership.set", "PUT", Stage::OrgMembers)
            | ("membership.remove", "DELETE", Stage::OrgMembers)
            | ("repo.update", "PATCH", Stage::Repos)
            | ("team.update", "PATCH", Stage::Teams)
            | ("team.delete", "DELETE", Stage::Teams)
            | ("team.membership.set", "PUT", Stage::TeamMembers)
            | ("team.membership.remove", "DELETE", Stage::TeamMembers)
            | ("team.repo.set", "PUT", Stage::TeamRepos)
            | ("team.repo.remove", "DELETE", Stage::TeamRepos) => target == self.path,
            ("invitation.cancel", "DELETE", Stage::OrgMembers) => {
                self.path == format!("memberships/{}", text(&before["login"]).to_lowercase())
            }
            ("repo.create", "POST", Stage::Repos) => {
                target == format!("repos/{}", text(&self.body["name"]).to_lowercase())
            }
            ("team.create", "POST", Stage::Teams) => same_name(),
            _ => false,
        }
    }

    fn write(&self, effect: Option<&Value>) -> Write {
        let nothing = Value::Null;
        let before = effect.map_or(&nothing, |effect| &effect["before"]);
        let after = effect.map_or(&nothing, |effect| &effect["after"]);
        Write {
            stage: self.stage,
            method: self.method.clone(),
            path: self.path.clone(),
            sets: self.sets(before, after),
            lasting: effect.is_some(),
        }
    }

    fn sets(&self, before: &Value, after: &Value) -> BTreeMap<String, Change> {
        let had = |field: &str| before.get(field).map(word);
        let one = |name: &str, change: Change| BTreeMap::from([(name.to_owned(), change)]);
        match (self.method.as_str(), self.stage) {
            // Upstream sends the whole of it, whatever changes.
            ("PATCH", Stage::Org | Stage::Teams) => changed(before, after),
            ("PATCH", _) => {
                let set = |(field, to): (&String, &Value)| {
                    let (name, to) = repo_setting(field, to);
                    let from = had(&name);
                    (name, Change::from_to(from, to))
                };
                self.body.as_object().into_iter().flatten().map(set).collect()
            }
            ("POST", _) => self.made_of(),
            ("DELETE", Stage::Teams) => BTreeMap::new(),
            ("DELETE", Stage::OrgMembers) if before.get("login").is_some() => {
                one("invitation", Change { from: had("role"), to: None })
            }
            ("DELETE", Stage::TeamMembers) if before["state"] == "pending" => {
                one("invitation", Change { from: had("role"), to: None })
            }
            ("DELETE", Stage::TeamRepos) => {
                one("permission", Change { from: had("permission").map(permission), to: None })
            }
            ("DELETE", _) => one("role", Change { from: had("role"), to: None }),
            (_, Stage::TeamRepos) => {
                let to = permission(word(&self.body["permission"]));
                one("permission", Change::from_to(had("permission").map(permission), to))
            }
            // An invitation is no role yet.
            _ => {
                let from = had("role").filter(|_| before["state"] == "active");
                one("role", Change::from_to(from, word(&self.body["role"])))
            }
        }
    }

    /// What a new team or repository is made of.
    fn made_of(&self) -> BTreeMap<String, Change> {
        let fields = self.body.as_object().into_iter().flatten();
        fields
            // Upstream sends a slug of its own for a team, always empty.
            .filter(|(field, _)| *field != "slug")
            .map(|(field, value)| {
                let (name, value) = if self.stage == Stage::Repos {
                    repo_setting(field, value)
                } else {
                    (field.clone(), word(value))
                };
                (name, Change::made(value))
            })
            .collect()
    }
}

/// The fields that are not what they were.
fn changed(before: &Value, after: &Value) -> BTreeMap<String, Change> {
    let fields = after.as_object().into_iter().flatten();
    fields
        // A team's slug follows its name.
        .filter(|(field, to)| *field != "slug" && before[field.as_str()] != **to)
        .map(|(field, to)| {
            let none = |value: &Value| if value.is_null() { String::new() } else { word(value) };
            (field.clone(), Change::from_to(Some(none(&before[field.as_str()])), none(to)))
        })
        .collect()
}

/// A setting as the file calls it.
fn repo_setting(field: &str, value: &Value) -> (String, String) {
    match (field, value) {
        ("private", Value::Bool(true)) => ("visibility".into(), "private".into()),
        ("private", _) => ("visibility".into(), "public".into()),
        _ => (field.into(), word(value)),
    }
}

/// A permission as the file calls it.
fn permission(word: String) -> String {
    match word.as_str() {
        "pull" => "read".into(),
        "push" => "write".into(),
        _ => word,
    }
}
