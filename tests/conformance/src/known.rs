//! What is known to be otherwise after upstream, for organizations and files by chance: docs/differences.md has each, and a
//! pair.

use peribolos_org::{ConfigFile, OrgSetting, RepoSettingName, Team, TeamName};
use serde_json::Value;

/// Whether a file gives a team another name of the same address: for upstream it is another team, which can't be compared
/// (`teams/named-with-other-signs`).
pub fn respells_a_team(file: &ConfigFile, before: &Value) -> bool {
    let there: Vec<TeamName> = before["teams"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|team| team["name"].as_str())
        .map(TeamName::new)
        .collect();
    respells_one(&file.teams, &there)
}

fn respells_one(teams: &[Team], there: &[TeamName]) -> bool {
    teams.iter().any(|team| {
        let name = &team.name.value;
        let is_respelt = !there.contains(name) && there.iter().any(|known| known.key() == name.key());
        is_respelt || respells_one(&team.teams, there)
    })
}

/// Whether a line of [`differences`](crate::effective::differences) is one of them, for an organization that was so before.
pub fn is_known(line: &str, before: &Value) -> bool {
    let Some((_, line)) = line.split_once(": ") else { return false };
    if let Some((key, _)) = line.strip_prefix("setting ").and_then(|rest| rest.split_once(" = ")) {
        // GitHub derives this one from three that upstream does not know.
        return key == "members_can_create_repositories"
            || OrgSetting::all().any(|setting| setting.key() == key && !setting.is_known_upstream());
    }
    if let Some((rest, _)) = line.strip_prefix("repository ").and_then(|rest| rest.split_once(" = ")) {
        let (name, key) = rest.rsplit_once(' ').unwrap_or_default();
        // It makes a repository without `visibility` public, also where the organization allows no public ones.
        let is_new = || {
            let names = before["repos"].as_object().into_iter().flat_map(|repos| repos.keys());
            !names.into_iter().any(|known| known.eq_ignore_ascii_case(name))
        };
        // It changes the organization first, and we last where that takes something away: by GitHub's default a new
        // repository has projects only if its organization has them then.
        if matches!(key, "visibility" | "has_projects") && is_new() {
            return true;
        }
        // It knows how squash merges are described, and never notices that this differs.
        return key.starts_with("squash_merge_commit_")
            || RepoSettingName::all().any(|setting| setting.key() == key && !setting.is_known_upstream());
    }
    // Which roles in teams somebody keeps who was an owner is GitHub's to say; ours are the file's.
    if let Some((_, place)) = line.strip_prefix("team ").and_then(|rest| rest.split_once(" has "))
        && let Some((login, _)) = place.split_once(" = ")
    {
        let roles = before["members"].as_object().into_iter().flatten();
        return roles.into_iter().any(|(known, role)| known.eq_ignore_ascii_case(login) && role == "admin");
    }
    // It never clears a team's description, and leaves the role of an open invitation as it is.
    line.starts_with("team ") && line.contains(" description = ") || line.contains(" is invited as ")
}
