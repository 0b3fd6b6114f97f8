//! The organization's own settings.

use std::collections::BTreeMap;

use http::Method;
use peribolos_org::plan::{Change, OrgSetting, SettingChange};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Made, Standing};
use crate::call::Call;
use crate::error::Error;
use crate::{Client, Login};

/// The organization, as far as the token may see it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Organization {
    /// As GitHub writes it.
    pub(crate) login: Login,
    /// What the organization pays for, such as `free`, `team` or `enterprise`; hidden from an App without the permission
    /// to read it.
    pub(crate) plan: Option<String>,
    /// The settings. What GitHub leaves out is unknown: it shows details to owners alone.
    pub(crate) settings: BTreeMap<OrgSetting, String>,
}

impl Organization {
    /// Whether it may have what only GitHub Enterprise has. A plan that is hidden may be any.
    pub(crate) fn may_be_of_an_enterprise(&self) -> bool {
        self.plan.as_ref().is_none_or(|plan| plan.starts_with("enterprise") || plan.starts_with("business"))
    }
}

#[derive(Deserialize)]
struct Body {
    login: Login,
    plan: Option<Plan>,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

#[derive(Deserialize)]
struct Plan {
    name: String,
}

/// The organization.
pub(crate) async fn read(client: &Client, org: &Login) -> Result<Organization, Error> {
    let body: Body = client.read(Call::get("/orgs/{org}", &[org.as_str()])?).await?;
    let known = |setting: OrgSetting| {
        let value = body.fields.get(setting.key())?;
        Some((setting, setting.from_json(value)?))
    };
    Ok(Organization {
        login: body.login,
        plan: body.plan.map(|plan| plan.name),
        settings: OrgSetting::all().filter_map(known).collect(),
    })
}

/// `PATCH` with what changes and nothing else.
pub(super) async fn make(client: &Client, org: &Login, change: &Change) -> Result<Made, Error> {
    let Change::EditOrg { changes } = change else { return Ok(Made::Done) };
    let body: Map<String, Value> =
        changes.iter().map(|it| (it.setting.key().to_owned(), it.setting.json(&it.to))).collect();
    client.done(Call::new(Method::PATCH, "/orgs/{org}", &[org.as_str()])?.body(&body)?).await
}

/// Whether the settings that change have the values that the plan has, where one of them takes something away.
pub(super) async fn standing(client: &Client, org: &Login, change: &Change) -> Result<Standing, Error> {
    let Change::EditOrg { changes } = change else { return Ok(Standing::AsPlanned) };
    if !change.takes_away() {
        return Ok(Standing::AsPlanned);
    }
    let now = read(client, org).await?.settings;
    Ok(settings_standing(changes, |setting| now.get(&setting).map(String::as_str), OrgSetting::key))
}

/// How settings are that a change is about.
pub(super) fn settings_standing<'v, S: Copy>(
    changes: &[SettingChange<S>],
    now: impl Fn(S) -> Option<&'v str>,
    key: impl Fn(S) -> &'static str,
) -> Standing {
    let known = || changes.iter().filter_map(|change| Some((change, now(change.setting)?)));
    if known().all(|(change, now)| now == change.to) && known().next().is_some() {
        return Standing::Already(Made::Done);
    }
    let differs = |change: &SettingChange<S>, now: &str| {
        change.from.as_deref().is_some_and(|from| from != now) && now != change.to
    };
    known().find(|(change, now)| differs(change, now)).map_or(Standing::AsPlanned, |(change, now)| {
        Standing::Different(format!("`{}` is `{now}` now", key(change.setting)))
    })
}
