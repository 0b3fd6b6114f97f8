//! Which requests create content: GitHub limits these beyond all others, as people are told of most of them.

use http::Method;

use crate::state::{Login, World};

/// Whether a request creates content: new repositories, teams, issues, comments and check runs, changes of check
/// runs, and what invites a person. GitHub publishes no list; this is what its pages say, read strictly.
pub(crate) fn creates(world: &World, method: &Method, path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').skip(1).filter(|part| !part.is_empty()).collect();
    match (method.as_str(), parts.as_slice()) {
        (
            "POST",
            ["orgs", _, "repos" | "teams" | "invitations"]
            | ["repos", _, _, "issues" | "pulls" | "check-runs"]
            | ["repos", _, _, "issues", _, "comments"],
        )
        | ("PATCH", ["repos", _, _, "check-runs", _]) => true,
        ("PUT", ["orgs", org, "memberships", user] | ["orgs", org, "teams", _, "memberships", user]) => world
            .orgs
            .get(&Login::from(*org))
            .is_some_and(|org| !org.members.contains_key(&Login::from(*user))),
        ("PUT", ["repos", owner, repo, "collaborators", user]) => {
            let (org, user) = (world.orgs.get(&Login::from(*owner)), Login::from(*user));
            org.and_then(|org| Some((org, org.repo(repo)?))).is_some_and(|(org, repo)| {
                !org.members.contains_key(&user) && !repo.collaborators.contains_key(&user)
            })
        }
        _ => false,
    }
}
