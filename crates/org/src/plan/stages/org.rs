//! The organization's settings: `configureOrgMeta`.

use crate::plan::Stage;
use crate::plan::operation::Change;
use crate::plan::planner::Planner;
use crate::plan::settings;

pub(in crate::plan) fn org(planner: &mut Planner<'_>) {
    let given = settings::of_org(&planner.file.settings);
    let changes = settings::differences(&planner.model.org, &given);
    let Some(first) = changes.first().map(|change| change.setting) else { return };
    let line = given.iter().find(|given| given.setting == first).and_then(|given| given.line);
    planner.write(Stage::Org, line, Change::EditOrg { changes });
}
