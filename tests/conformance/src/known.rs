//! What is known to be otherwise after upstream, for organizations and files by chance: docs/differences.md has each, and a
//! pair.

use peribolos_org::{OrgSetting, RepoSettingName};

/// Whether a line of [`differences`](crate::effective::differences) is one of them.
pub fn is_known(line: &str) -> bool {
    let Some((_, line)) = line.split_once(": ") else { return false };
    if let Some((key, _)) = line.strip_prefix("setting ").and_then(|rest| rest.split_once(" = ")) {
        // GitHub derives this one from three that upstream does not know.
        return key == "members_can_create_repositories"
            || OrgSetting::all().any(|setting| setting.key() == key && !setting.is_known_upstream());
    }
    if let Some((rest, _)) = line.strip_prefix("repository ").and_then(|rest| rest.split_once(" = ")) {
        let key = rest.rsplit(' ').next().unwrap_or_default();
        // It knows how squash merges are described, and never notices that this differs.
        return key.starts_with("squash_merge_commit_")
            || RepoSettingName::all().any(|setting| setting.key() == key && !setting.is_known_upstream());
    }
    // It never clears a team's description, and leaves the role of an open invitation as it is.
    line.starts_with("team ") && line.contains(" description = ") || line.contains(" is invited as ")
}
