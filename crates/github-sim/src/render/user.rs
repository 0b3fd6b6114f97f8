//! Users.

use serde_json::{Value, json};

use super::{Urls, app::node_id};
use crate::{
    clock::rfc3339,
    state::{Login, User, World},
};

/// GitHub's `simple-user`.
pub(crate) fn simple(urls: &Urls, user: &User) -> Value {
    account(urls, user.id, user.login.as_str(), if user.bot { "Bot" } else { "User" })
}

/// The user of a login; GitHub's `ghost` if there is none.
pub(crate) fn by_login(world: &World, login: &Login) -> Value {
    match world.users.get(login) {
        Some(user) => simple(&world.urls, user),
        None => account(&world.urls, 10137, "ghost", "User"),
    }
}

/// A user or an organization in the shape of `simple-user`.
pub(crate) fn account(urls: &Urls, id: u64, login: &str, kind: &str) -> Value {
    // A bot's login has brackets, and its page is the App's.
    let escaped = login.replace('[', "%5B").replace(']', "%5D");
    let page = login.strip_suffix("[bot]").map(|slug| format!("apps/{slug}"));
    let of = |rest: &str| urls.api(&format!("users/{escaped}{rest}"));
    json!({
        "login": login,
        "id": id,
        "node_id": node_id(kind, id),
        "avatar_url": urls.html(&format!("avatars/u/{id}")),
        "gravatar_id": "",
        "url": of(""),
        "html_url": urls.html(page.as_deref().unwrap_or(login)),
        "followers_url": of("/followers"),
        "following_url": of("/following{/other_user}"),
        "gists_url": of("/gists{/gist_id}"),
        "starred_url": of("/starred{/owner}{/repo}"),
        "subscriptions_url": of("/subscriptions"),
        "organizations_url": of("/orgs"),
        "repos_url": of("/repos"),
        "events_url": of("/events{/privacy}"),
        "received_events_url": of("/received_events"),
        "type": kind,
        "user_view_type": "public",
        "site_admin": false,
    })
}

/// GitHub's `public-user`.
pub(crate) fn full(urls: &Urls, user: &User) -> Value {
    let mut json = simple(urls, user);
    super::merge(&mut json, profile(user));
    json
}

/// What `public-user` has beyond `simple-user`.
pub(crate) fn profile(user: &User) -> Value {
    json!({
        "name": user.login, "company": null, "blog": "", "location": null, "email": null, "hireable": null,
        "bio": null, "twitter_username": null, "public_repos": 0, "public_gists": 0, "followers": 0,
        "following": 0, "created_at": rfc3339(user.created_at), "updated_at": rfc3339(user.created_at),
    })
}
