//! The organization's settings.

use crate::plan::settings::{self, Given};
use crate::plan::{Change, Draft, Kind, OrgSetting, Place, Planner, SettingChange};

pub(crate) fn differ(planner: &mut Planner<'_>) {
    if !planner.plans(Kind::Org) {
        return;
    }
    let wanted = settings::of_org(&planner.file.settings);
    let (mut giving, mut taking) = (Vec::new(), Vec::new());
    for given in &wanted {
        let Some(from) = planner.now.settings.get(&given.setting).cloned() else {
            unknown(planner, given);
            continue;
        };
        if from == given.value {
            continue;
        }
        let change = SettingChange { setting: given.setting, from: Some(from), to: given.value.clone() };
        if takes_away(&change) { taking.push(change) } else { giving.push(change) }
    }
    for change in giving.iter().chain(&taking) {
        overlaps(planner, &wanted, change.setting);
    }
    for (place, changes) in [(Place::OrganizationGives, giving), (Place::SettingsTaken, taking)] {
        let Some(first) = changes.first().map(|change| change.setting) else { continue };
        let line = wanted.iter().find(|given| given.setting == first).and_then(|given| given.line);
        planner.write(Draft::new(place, Change::EditOrg { changes }, line));
    }
}

/// Whether people can do less afterwards: a lower default permission, or something that is switched off.
fn takes_away(change: &SettingChange<OrgSetting>) -> bool {
    settings::lowers_default_permission(change)
        || change.from.as_deref() == Some("true") && change.to == "false"
}

fn unknown(planner: &mut Planner<'_>, given: &Given<OrgSetting>) {
    let message = format!("GitHub does not show `{}` of the organization", given.setting.key());
    planner.warn(Kind::Org, given.line, &[], message, Some("it is left as it is"));
}

/// Says that GitHub derives whether members can make repositories from finer settings, where the file has both.
fn overlaps(planner: &mut Planner<'_>, wanted: &[Given<OrgSetting>], setting: OrgSetting) {
    const FINER: [&str; 3] = [
        "members_can_create_public_repositories",
        "members_can_create_private_repositories",
        "members_can_create_internal_repositories",
    ];
    let finer = wanted.iter().find(|given| FINER.contains(&given.setting.key()));
    if let Some(finer) = finer.filter(|_| setting.key() == "members_can_create_repositories") {
        let key = finer.setting.key();
        let message = format!("GitHub lets `{key}` decide, and not `members_can_create_repositories`");
        planner.warn(Kind::Org, finer.line, &[], message, Some("give one of them only"));
    }
}
