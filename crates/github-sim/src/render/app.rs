//! The App and its installations.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{merge, user};
use crate::{
    clock::rfc3339,
    state::{Installation, Org, World},
};

/// A global id in the older style: the type and the number, in base64.
pub(crate) fn node_id(kind: &str, id: u64) -> String {
    STANDARD.encode(format!("{:03}:{kind}{id}", kind.len()))
}

/// GitHub's `integration`.
pub(crate) fn integration(world: &World) -> Value {
    let (slug, manifest) = (&world.app_slug, &world.manifest);
    json!({
        "id": world.app_id,
        "client_id": format!("Iv1.{:016x}", world.app_id),
        "slug": slug,
        "node_id": node_id("Integration", world.app_id),
        "owner": user::account(&world.urls, 1, "platform", "Organization"),
        "name": manifest.name,
        "description": manifest.description,
        "external_url": "https://example.com",
        "html_url": world.urls.html(&format!("apps/{slug}")),
        "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2020-01-01T00:00:00Z",
        "permissions": manifest.default_permissions,
        "events": manifest.default_events,
    })
}

/// The same as its owner sees it: with how often it is installed.
pub(crate) fn own(world: &World) -> Value {
    let installed = world.orgs.values().filter(|o| o.installation.is_some()).count();
    let mut json = integration(world);
    merge(&mut json, json!({"installations_count": installed}));
    json
}

/// GitHub's `installation`.
pub(crate) fn installation(world: &World, org: &Org, installation: &Installation) -> Value {
    let urls = &world.urls;
    let id = installation.id;
    let mut json = json!({
        "id": id,
        "client_id": format!("Iv1.{:016x}", world.app_id),
        "account": user::account(urls, org.id, org.login.as_str(), "Organization"),
        "repository_selection": installation.selection.as_str(),
        "access_tokens_url": urls.api(&format!("app/installations/{id}/access_tokens")),
        "repositories_url": urls.api("installation/repositories"),
        "html_url": urls.html(&format!("organizations/{}/settings/installations/{id}", org.login)),
        "app_id": world.app_id,
        "app_slug": world.app_slug,
        "target_id": org.id,
        "target_type": "Organization",
        "permissions": installation.permissions,
        "events": world.manifest.default_events,
        "created_at": rfc3339(installation.created_at),
        "updated_at": rfc3339(installation.updated_at),
        "single_file_name": null,
        "has_multiple_single_files": false,
        "single_file_paths": [],
        "suspended_by": null,
        "suspended_at": null,
    });
    if let Some((at, by)) = &installation.suspended {
        merge(&mut json, json!({"suspended_at": rfc3339(*at), "suspended_by": user::by_login(world, by)}));
    }
    json
}
