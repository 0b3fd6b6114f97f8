//! The organization's settings.

use crate::plan::settings::{self, Given};
use crate::plan::{Change, Draft, Kind, OrgSetting, Place, Planner, SettingChange};

pub(crate) fn differ(planner: &mut Planner<'_>) {
    if !planner.plans(Kind::Org) {
        return;
    }
    let given = settings::of_org(&planner.file.settings);
    let (mut gives, mut takes) = (Vec::new(), Vec::new());
    for given in &given {
        let Some(from) = planner.now.settings.get(&given.setting).cloned() else {
            unknown(planner, given);
            continue;
        };
        if from == given.value {
            continue;
        }
        let change = SettingChange { setting: given.setting, from: Some(from), to: given.value.clone() };
        if takes_away(&change) { takes.push(change) } else { gives.push(change) }
    }
    for (place, changes) in [(Place::OrganizationGives, gives), (Place::SettingsTaken, takes)] {
        let Some(first) = changes.first().map(|change| change.setting) else { continue };
        let line = given.iter().find(|given| given.setting == first).and_then(|given| given.line);
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
