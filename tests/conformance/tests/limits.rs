//! The limit that upstream gets from a plan: enough for what is planned, and not for one more.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests end by panicking")]

use peribolos_conformance::github::GitHub;
use peribolos_conformance::organization::Organization;
use peribolos_conformance::{observed, ours, upstream};
use peribolos_org::plan::{Scope, Stage};
use serde_json::json;

#[rstest::rstest]
#[case::members(Stage::OrgMembers, "    members: []\n", 5_000)]
#[case::teams(Stage::Teams, "    members: [carol]\n    teams: {Core: {members: [], repos: {}}}\n", 6_667)]
fn the_limit_is_what_the_plan_needs(#[case] stage: Stage, #[case] rest: &str, #[case] limit: u32) {
    GitHub::get().unwrap().block_on(async {
        let organization = Organization::seed(&json!({
            "settings": {"billing_email": "billing@acme.example"},
            "members": {"alice": "admin", "bob": "admin", "carol": "member", "dave": "member"},
            "teams": [{"name": "Core"}, {"name": "Docs"}, {"name": "Web"}],
        }))
        .await
        .unwrap();
        let scope = Scope { manage: [stage].into(), ..Scope::default() };
        let file = format!("orgs:\n  {}:\n    admins: [alice, bob]\n{rest}", organization.login().as_str());
        let file = ours::read(&organization, &file).unwrap();
        let snapshot = ours::snapshot(&organization).await.unwrap();
        let ours = ours::plan(&organization, &snapshot, &file, &scope).await.unwrap();
        assert_eq!(ours.plan.removal_delta, limit);

        let before = observed::mark(&organization).await.unwrap();
        let apply =
            async |limit| upstream::apply(&organization, &ours.settled.yaml, &scope, limit).await.unwrap();
        let ended = apply(limit - 1).await;
        assert!(ended.log.contains("exceeds limit"), "{}", ended.log);
        assert_eq!(observed::writes(&organization, before).await.unwrap(), []);
        let ended = apply(limit).await;
        assert!(ended.success, "{}", ended.log);
        let writes = observed::writes(&organization, before).await.unwrap();
        assert_eq!(writes.iter().filter(|write| write.method == "DELETE").count(), 2, "{writes:?}");
    });
}
