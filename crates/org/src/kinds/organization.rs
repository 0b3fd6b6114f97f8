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
        if from == given.value || is_derived(planner, &wanted, given) {
            continue;
        }
        let change = SettingChange { setting: given.setting, from: Some(from), to: given.value.clone() };
        if takes_away(&change) { taking.push(change) } else { giving.push(change) }
    }
    for (place, changes) in [(Place::OrganizationGives, giving), (Place::SettingsTaken, taking)] {
        let Some(first) = changes.first().map(|change| change.setting) else { continue };
        let line = wanted.iter().find(|given| given.setting == first).and_then(|given| given.line);
        planner.write(Draft::new(place, Change::EditOrg { changes }, line));
    }
}

/// Whether people can do less afterwards: a lower default permission, or something that is switched off.
fn takes_away(change: &SettingChange<OrgSetting>) -> bool {
    // A sign-off is one thing more that people have to do.
    let [can, can_not] = match change.setting {
        OrgSetting::WEB_COMMIT_SIGNOFF_REQUIRED => ["false", "true"],
        _ => ["true", "false"],
    };
    settings::lowers_default_permission(change) || change.from.as_deref() == Some(can) && change.to == can_not
}

fn unknown(planner: &mut Planner<'_>, given: &Given<OrgSetting>) {
    let message = format!("GitHub does not show `{}` of the organization", given.setting.key());
    planner.warn(Kind::Org, given.line, &[], message, Some("it is left as it is"));
}

/// Whether GitHub derives a setting from finer ones that the file has, too. Says so.
fn is_derived(planner: &mut Planner<'_>, wanted: &[Given<OrgSetting>], given: &Given<OrgSetting>) -> bool {
    if given.setting != OrgSetting::MEMBERS_CAN_CREATE_REPOSITORIES {
        return false;
    }
    let finer = wanted.iter().find(|other| given.setting.changes_with(other.setting));
    let Some(decides) = finer else { return false };
    let message =
        format!("GitHub lets `{}` decide, and not `{}`", decides.setting.key(), given.setting.key());
    planner.warn(Kind::Org, decides.line, &[], message, Some("give one of them only"));
    true
}
