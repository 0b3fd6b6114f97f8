//! What an organization amounts to for the people in it: own and inherited access and places, roles as GitHub shows
//! them, invitations as login, role and teams. Ids and times are left out. Two programs that were given the same file
//! are compared by this.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// One sentence for each thing that somebody could notice, from the simulator's state of an organization.
pub fn of(state: &Value) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    settings(state, &mut lines);
    people(state, &mut lines);
    repositories(state, &mut lines);
    let tree = Tree::of(state);
    for (at, team) in tree.teams.iter().enumerate() {
        tree.team(at, team, state, &mut lines);
    }
    lines
}

/// What only one of two has: `ours: line` and `upstream: line`, in order.
pub fn differences(ours: &BTreeSet<String>, upstream: &BTreeSet<String>) -> Vec<String> {
    let only = |name: &str, one: &BTreeSet<String>, other: &BTreeSet<String>| -> Vec<String> {
        one.difference(other).map(|line| format!("{name}: {line}")).collect()
    };
    let mut all = only("ours", ours, upstream);
    all.extend(only("upstream", upstream, ours));
    all
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn settings(state: &Value, lines: &mut BTreeSet<String>) {
    for (key, value) in entries(&state["settings"]) {
        lines.insert(format!("setting {key} = {}", text(value)));
    }
}

fn people(state: &Value, lines: &mut BTreeSet<String>) {
    for (login, role) in entries(&state["members"]) {
        lines.insert(format!("{} = {}", login.to_lowercase(), text(role)));
    }
    for invitation in items(&state["invitations"]).filter(|invitation| invitation["failed"] != true) {
        let login = text(&invitation["login"]).to_lowercase();
        lines.insert(format!("{login} is invited as {}", text(&invitation["role"])));
    }
}

fn repositories(state: &Value, lines: &mut BTreeSet<String>) {
    for (name, repo) in entries(&state["repos"]) {
        for (key, value) in entries(repo) {
            // Collaborators are held against by our own tests only; files and permissions of people come otherwise.
            if !matches!(key.as_str(), "collaborators" | "invitations" | "files" | "id") {
                lines.insert(format!("repository {} {key} = {}", name.to_lowercase(), text(value)));
            }
        }
        lines.insert(format!("repository {} is there as {name}", name.to_lowercase()));
    }
}

/// The teams with the place of the team above each.
struct Tree<'s> {
    teams: Vec<&'s Value>,
    parents: Vec<Option<usize>>,
}

impl<'s> Tree<'s> {
    fn of(state: &'s Value) -> Self {
        let teams: Vec<&Value> = items(&state["teams"]).collect();
        let at = |slug: &Value| teams.iter().position(|team| team["slug"] == *slug);
        let parents = teams.iter().map(|team| at(&team["parent"])).collect();
        Self { teams, parents }
    }

    /// The team and those above it.
    fn upwards(&self, at: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(at), |at| self.parents[*at])
    }

    fn team(&self, at: usize, team: &Value, state: &Value, lines: &mut BTreeSet<String>) {
        let name = text(&team["name"]);
        let parent = self.parents[at].map_or_else(String::new, |parent| text(&self.teams[parent]["name"]));
        lines.insert(format!("team {name} is below {parent:?}"));
        for key in ["description", "privacy"] {
            lines.insert(format!("team {name} {key} = {}", text(&team[key])));
        }
        for (login, role) in self.places(at, state) {
            lines.insert(format!("team {name} has {login} = {role}"));
        }
        // Who is not invited to the organization any more does not come into a team.
        let invited = |login: &str| {
            items(&state["invitations"])
                .any(|it| it["failed"] != true && text(&it["login"]).eq_ignore_ascii_case(login))
        };
        for login in items(&team["invitations"]).map(text).filter(|login| invited(login)) {
            lines.insert(format!("team {name} awaits {}", login.to_lowercase()));
        }
        for (repo, permission) in self.access(at) {
            lines.insert(format!("team {name} reaches {repo} = {permission}"));
        }
    }

    /// Own places, and those of the teams below as members. Owners are maintainers wherever they have an own place.
    fn places(&self, at: usize, state: &Value) -> BTreeMap<String, String> {
        let mut places = BTreeMap::new();
        let below =
            (0..self.teams.len()).filter(|&other| other != at && self.upwards(other).any(|up| up == at));
        for team in below {
            for (login, _) in entries(&self.teams[team]["members"]) {
                places.insert(login.to_lowercase(), "member".to_owned());
            }
        }
        let owner = |login: &str| {
            entries(&state["members"]).any(|(it, role)| it.eq_ignore_ascii_case(login) && role == "admin")
        };
        for (login, role) in entries(&self.teams[at]["members"]) {
            let role = if owner(login) { "maintainer".to_owned() } else { text(role) };
            places.insert(login.to_lowercase(), role);
        }
        places
    }

    /// The highest of what the team and those above it have.
    fn access(&self, at: usize) -> BTreeMap<String, String> {
        const ORDER: [&str; 5] = ["pull", "triage", "push", "maintain", "admin"];
        let rank = |permission: &str| {
            let name = match permission {
                "read" => "pull",
                "write" => "push",
                other => other,
            };
            ORDER.iter().position(|one| *one == name)
        };
        let mut access: BTreeMap<String, String> = BTreeMap::new();
        for team in self.upwards(at) {
            for (repo, permission) in entries(&self.teams[team]["repos"]) {
                let permission = text(permission);
                let highest = access.entry(repo.to_lowercase()).or_insert_with(|| permission.clone());
                if rank(&permission) > rank(highest) {
                    *highest = permission;
                }
            }
        }
        access
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_comes_from_other_teams_counts() {
        let lines = of(&json!({
            "members": {"Ann": "admin", "ben": "member"},
            "invitations": [{"login": "cy", "role": "member"}, {"login": "di", "role": "member", "failed": true}],
            "teams": [
                {"name": "Up", "slug": "up", "parent": "", "members": {}, "repos": {"site": "push"}},
                {"name": "Low", "slug": "low", "parent": "up", "members": {"Ann": "member", "ben": "maintainer"},
                 "invitations": ["cy", "di"], "repos": {"Site": "read", "docs": "admin"}},
            ],
        }));
        for line in [
            "ann = admin",
            "cy is invited as member",
            "team Up has ann = member",
            "team Up has ben = member",
            "team Low has ann = maintainer",
            "team Low awaits cy",
            "team Low reaches site = push",
            "team Low reaches docs = admin",
            "team Low is below \"Up\"",
        ] {
            assert!(lines.contains(line), "{line} in {lines:#?}");
        }
        assert!(!lines.iter().any(|line| line.contains("di")), "{lines:#?}");
    }
}
