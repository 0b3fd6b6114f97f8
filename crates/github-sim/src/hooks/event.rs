//! From something that happened to a delivery.

use serde_json::{Value, json};

use super::Delivery;
use crate::{
    auth::token::random_text,
    render::{app, org as org_json, repo as repo_json, user},
    state::{Login, Org, World, world::RepoKey},
};

/// Something to tell the App.
#[derive(Clone, Debug)]
pub(crate) struct Event<'a> {
    /// GitHub's name, as `push`.
    pub(crate) name: &'a str,
    pub(crate) action: Option<&'a str>,
    pub(crate) sender: &'a Login,
    /// The fields that only this event has.
    pub(crate) fields: Value,
}

impl World {
    /// Tells the App of something in a repository, if it is installed there and subscribed.
    pub(crate) fn emit(&mut self, key: &RepoKey, event: Event<'_>) {
        let Ok(org) = self.org(&key.org) else { return };
        let Some(repo) = org.repos.get(&key.id) else { return };
        if !org.installation.as_ref().is_some_and(|i| i.selection.includes(key.id)) {
            return;
        }
        let mut fields = event.fields;
        fields["repository"] = repo_json::in_event(&self.urls, org, repo);
        let event = Event { fields, ..event };
        self.deliver(&key.org, &event, Some(key.id));
    }

    /// Tells the App of something in an organization, if it is installed there and subscribed.
    pub(crate) fn emit_org(&mut self, org: &Login, event: &Event<'_>) {
        self.deliver(org, event, None);
    }

    fn deliver(&mut self, login: &Login, event: &Event<'_>, repository: Option<u64>) {
        let Ok(org) = self.org(login) else { return };
        let Some(installation) = &org.installation else { return };
        let unasked = event.name.starts_with("installation");
        let wanted = unasked || self.manifest.default_events.iter().any(|e| e == event.name);
        if !wanted || (installation.suspended.is_some() && !unasked) {
            return;
        }
        let (id, org_id) = (installation.id, org.id);
        let payload = self.payload(org, event, id);
        let delivery = Delivery {
            id: 0,
            guid: String::new(),
            redelivery: false,
            event: event.name.to_owned(),
            action: event.action.map(str::to_owned),
            org: org_id,
            installation: Some(id),
            repository,
            payload,
            delivered_at: self.now(),
            outcome: None,
        };
        let delivery = Delivery { id: self.new_id(), guid: guid(), ..delivery };
        self.hooks.send(delivery);
    }

    fn payload(&self, org: &Org, event: &Event<'_>, installation: u64) -> Value {
        let mut payload = json!({});
        if let Some(action) = event.action {
            payload["action"] = json!(action);
        }
        if let Some(fields) = event.fields.as_object() {
            for (name, value) in fields {
                payload[name] = value.clone();
            }
        }
        // The events about an installation carry it whole and no organization of their own.
        if payload.get("installation").is_none() {
            payload["organization"] = org_json::in_event(&self.urls, org);
            payload["installation"] = json!({
                "id": installation,
                "node_id": app::node_id("IntegrationInstallation", installation),
            });
        }
        payload["sender"] = user::by_login(self, event.sender);
        payload
    }
}

/// A random UUID, version 4.
fn guid() -> String {
    let hex: String = random_text(32)
        .unwrap_or_else(|_| "0".repeat(32))
        .bytes()
        .map(|b| char::from_digit(u32::from(b % 16), 16).unwrap_or('0'))
        .collect();
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}
