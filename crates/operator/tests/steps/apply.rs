//! What is shown is what happens: `step apply`, as a pod runs it, against the real simulator.

use peribolos_vocab::report::{Cause, Changes, Progress, StepExit, StepReport};
use serde_json::{Value, json};

use crate::bench::{Bench, ORG, Running};
use crate::support::eventually;

/// Six people, two teams and two repositories, so that a quarter of them is one.
const FIXTURE: &str = "\
users: [zoe]
orgs:
  acme:
    id: 9001
    settings: {name: Acme, billing_email: bills@acme.example, default_repository_permission: read}
    members: {alice: admin, bob: admin, carol: member, dan: member, erin: member, frank: member}
    teams:
      - {name: Core, members: {carol: member, dan: member}, repos: {site: push}}
      - {name: Hidden, privacy: secret, members: {erin: member}}
    repos:
      .github: {visibility: public, files: {README.md: \"hello\\n\"}}
      site: {visibility: private, files: {README.md: \"hello\\n\"}}
    installation: {id: 1234567}
";

const FILE: &str = "\
orgs:
  acme:
    name: Acme
    admins: [alice, bob]
    members: [carol, dan, erin, frank]
    teams:
      Core: {members: [carol, dan], repos: {site: write}}
      Hidden: {privacy: secret, members: [erin], repos: {}}
    repos:
      site: {visibility: private}
";

/// Waits are tested by their own; everywhere else they are short.
pub const FAST: &str = "--time-scale=100";
const REAL: &str = "--time-scale=1";
/// How GitHub refuses the name of a team that there is.
const TAKEN: &str = "Name must be unique for this org";

struct Pod {
    bench: Bench,
    sha: String,
    before: usize,
}

impl Pod {
    /// A pod for a push of this file.
    async fn of(file: &str) -> Self {
        let bench = Bench::start_with(FIXTURE, &["--secondary-limits=off"]).await;
        let mut pod = Self { bench, sha: String::new(), before: 0 };
        pod.push(file).await;
        pod
    }

    async fn push(&mut self, file: &str) {
        self.sha = self.bench.github.push(ORG, json!({"peribolos.yaml": file})).await;
        self.before = self.bench.changes().await.len();
    }

    async fn plan(&self, more: &[&str]) -> StepReport {
        let mut args = vec!["--disclose-file"];
        args.extend(more);
        self.bench.plan(&self.sha, &self.bench.token().await, &args).output()
    }

    async fn apply(&self, more: &[&str]) -> StepReport {
        self.apply_at(FAST, more).await
    }

    /// The same at another pace.
    async fn apply_at(&self, scale: &str, more: &[&str]) -> StepReport {
        let results = format!("--results-dir={}", self.bench.path("").display());
        let mut args = vec![results.as_str(), "--disclose-file", scale];
        args.extend(more);
        self.bench.apply(&self.sha, &self.bench.token().await, &args).output()
    }

    async fn fault(&self, fault: Value) {
        self.bench.github.call("POST", "/_sim/faults", Some(fault)).await;
    }

    /// The token of a pod, as a secret.
    async fn token(&self) -> String {
        std::fs::read_to_string(self.bench.token().await).unwrap().trim().to_owned()
    }

    /// What was changed on GitHub since the push.
    async fn changes(&self) -> Vec<Value> {
        self.bench.changes().await.split_off(self.before)
    }
}

/// The same with another description of `site`, which is written first.
fn described(file: &str) -> String {
    file.replace("site: {visibility", "site: {description: x, visibility")
}

fn changes(planned: u32, applied: u32, failed: u32, remaining: u32) -> Changes {
    Changes { planned, applied: Some(applied), failed, remaining }
}

#[tokio::test]
async fn what_is_planned_is_applied_and_found() {
    let file = FILE
        .replace("frank]", "frank, zoe]")
        .replace("name: Acme", "name: Acme Inc")
        .replace(", dan], repos", "], repos");
    let pod = Pod::of(&file).await;
    let planned = pod.plan(&[]).await;
    let counts = Changes { planned: 3, applied: None, failed: 0, remaining: 3 };
    assert_eq!((planned.exit, planned.changes), (StepExit::Ok, Some(counts)), "{planned:?}");
    assert_eq!(pod.changes().await, [] as [Value; 0], "a plan changes nothing");
    let applied = pod.apply(&[]).await;
    assert_eq!(pod.changes().await.len(), 3);
    assert_eq!((applied.exit, applied.cause), (StepExit::Ok, None), "{applied:?}");
    // The invitation waits for zoe.
    assert_eq!((applied.changes, applied.waiting), (Some(changes(3, 3, 0, 1)), 1), "{applied:?}");
    assert!(applied.check.title.starts_with("Applied: 3 of 3"), "{applied:?}");
    assert!(applied.reviewed && applied.list.len() == 3, "{applied:?}");
    assert_eq!(applied.content_writes.iter().map(|writes| writes.count).sum::<u32>(), 1);
    let result = |name: &str| std::fs::read_to_string(pod.bench.path(name)).unwrap();
    assert_eq!(
        ["planned", "applied", "failed", "remaining"].map(result),
        ["3", "3", "0", "1"].map(str::to_owned)
    );
}

#[tokio::test]
async fn what_waits_for_an_invitation_to_be_accepted_is_no_failure() {
    let fixture = FIXTURE
        .replace("site: {visibility: private,", "site: {visibility: private, collaborators: {zoe: push},");
    let bench = Bench::start_with(&fixture, &["--secondary-limits=off"]).await;
    let mut pod = Pod { bench, sha: String::new(), before: 0 };
    let file = FILE
        .replace("frank]", "frank, zoe]")
        .replace("members: [carol, dan], repos", "members: [carol, dan, zoe], repos")
        .replace("site: {visibility: private}", "site: {visibility: private, collaborators: {}}");
    pod.push(&file).await;
    let rules = [
        "--manage=Org,OrgMembers,Teams,TeamMembers,TeamRepos,Repos,Collaborators",
        "--maximum-removal-percent=100",
    ];
    // The removal, and her two invitations.
    for counts in [changes(3, 2, 0, 3), changes(1, 0, 0, 3)] {
        let planned = pod.plan(&rules).await;
        assert!(planned.check.summary.contains("once an invitation is accepted"), "{planned:?}");
        let applied = pod.apply(&rules).await;
        assert_eq!((applied.exit, applied.cause), (StepExit::Ok, None), "{applied:?}");
        assert_eq!(applied.changes, Some(counts), "{applied:?}");
        assert!(applied.check.summary.contains("Kept until an invitation is accepted"), "{applied:?}");
        assert!(!applied.reviewed, "a removal is left");
        let org = pod.bench.github.org(ORG).await;
        assert_eq!(org["repos"]["site"]["collaborators"]["zoe"], "push", "{org}");
        assert_eq!(pod.changes().await.len(), 2);
    }
}

#[tokio::test]
async fn nothing_to_do_takes_one_read() {
    let pod = Pod::of(FILE).await;
    pod.bench.github.call("DELETE", "/_sim/requests", None).await;
    pod.plan(&[]).await;
    let read = pod.bench.asked().await;
    pod.bench.github.call("DELETE", "/_sim/requests", None).await;
    let applied = pod.apply(&[]).await;
    assert_eq!((applied.exit, applied.changes), (StepExit::Ok, Some(changes(0, 0, 0, 0))), "{applied:?}");
    assert_eq!(applied.check.title, "Nothing to change");
    assert_eq!(pod.changes().await, [] as [Value; 0]);
    assert_eq!(pod.bench.asked().await, read);
}

#[tokio::test]
async fn one_refusal_stops_nobody_else_and_is_named_with_what_helps() {
    let file = FILE.replace("frank]", "frank, zoe]").replace("name: Acme", "name: Acme Inc");
    let pod = Pod::of(&file).await;
    let body = json!({"message": "User is blocked by the organization"});
    pod.fault(json!({"method": "PUT", "path": "/orgs/acme/memberships/zoe", "status": 422, "body": body}))
        .await;
    let applied = pod.apply(&[]).await;
    assert_eq!((applied.exit, applied.cause), (StepExit::Incomplete, Some(Cause::Refused)), "{applied:?}");
    assert_eq!(applied.changes, Some(changes(2, 1, 1, 1)), "{applied:?}");
    assert_eq!(applied.check.title, "Applied: 1 of 2. `zoe` could not be invited", "{applied:?}");
    for part in ["User is blocked by the organization", "422", "Unblock the person"] {
        assert!(applied.check.summary.contains(part), "{part} is not in {applied:?}");
    }
    assert_eq!(pod.bench.github.org(ORG).await["settings"]["name"], "Acme Inc");
}

#[tokio::test]
async fn no_removal_is_done_whose_grant_failed() {
    // erin moves from one team to another.
    let file = FILE
        .replace("Core: {members: [carol, dan]", "Core: {members: [carol, dan, erin]")
        .replace("members: [erin], repos: {}", "members: [], repos: {site: read}")
        .replace(
            "Core: {members: [carol, dan, erin], repos: {site: write}}",
            "Core: {members: [carol, dan, erin], repos: {}}",
        );
    let pod = Pod::of(&file).await;
    let path = "/orgs/acme/teams/hidden/repos/acme/site";
    pod.fault(json!({"method": "PUT", "path": path, "status": 502})).await;
    let applied = pod.apply(&["--maximum-removal-percent=100"]).await;
    assert_eq!((applied.exit, applied.cause), (StepExit::Incomplete, Some(Cause::Transient)), "{applied:?}");
    pod.bench.github.call("DELETE", "/_sim/faults", None).await;
    let applied = pod.apply(&["--maximum-removal-percent=100"]).await;
    assert_eq!(applied.exit, StepExit::Ok, "{applied:?}");
    let org = pod.bench.github.org(ORG).await;
    assert_eq!(org["teams"][1]["repos"], json!({"site": "pull"}), "{org}");
}

#[tokio::test]
async fn what_is_gone_beyond_the_plan_is_named_and_tried_again() {
    let pod = Pod::of(&described(&FILE.replace("frank]", "frank, zoe]"))).await;
    // While the invitation is on its way somebody removes dan.
    let invitation = json!({"method": "PUT", "path": "/orgs/acme/memberships/zoe"});
    let running = pod.apply_until_the_second_write(invitation).await;
    pod.remove_member("dan").await;
    let applied = running.end().output();
    assert_eq!((applied.exit, applied.cause), (StepExit::Incomplete, Some(Cause::Transient)), "{applied:?}");
    assert!(applied.check.summary.contains("`dan`"), "{applied:?}");
}

/// Somebody renames a private repository and makes another one of its name, after the plan was shown.
#[tokio::test]
async fn another_repository_of_the_name_is_never_taken_for_it() {
    let file = FILE
        .replace("name: Acme", "name: Acme Inc")
        .replace("site: {visibility: private}", "site: {visibility: public}");
    let file = file.replace("dan], repos: {site: write}}", "dan], repos: {}}");
    let pod = Pod::of(&described(&file)).await;
    let token = pod.token().await;
    pod.fault(json!({"method": "PATCH", "path": "/orgs/acme", "delayMs": 5_000, "count": 1})).await;
    let path = pod.bench.token().await;
    let running = pod.bench.start_apply(
        &pod.sha,
        &path,
        &["--allow=RepoPublish", "--maximum-removal-percent=100", "--disclose-file", FAST],
    );
    pod.bench.changed(pod.before + 1).await;
    let github = &pod.bench.github;
    github.call_by(&token, "PATCH", "/repos/acme/site", Some(json!({"name": "website"}))).await;
    github.call_by(&token, "POST", "/orgs/acme/repos", Some(json!({"name": "site", "private": true}))).await;
    github
        .call_by(&token, "PUT", "/orgs/acme/teams/core/repos/acme/site", Some(json!({"permission": "push"})))
        .await;
    let applied = running.end().output();
    assert_eq!((applied.exit, applied.cause), (StepExit::Incomplete, Some(Cause::Transient)), "{applied:?}");
    assert!(applied.check.summary.contains("another repository has its name now"), "{applied:?}");
    assert!(!applied.reviewed, "a removal is left");
    let org = pod.bench.github.org(ORG).await;
    assert_eq!(org["repos"]["site"]["visibility"], "private", "{org}");
    assert_eq!(org["teams"][0]["repos"]["site"], "push", "{org}");
}

/// Who was made an owner after the plan was shown is not made a member again by an invitation.
#[tokio::test]
async fn a_grant_lowers_nothing_that_somebody_raised() {
    let file = FILE
        .replace("frank]", "frank, zoe]")
        .replace("name: Acme", "name: Acme Inc")
        .replace("Core: {members: [carol, dan]", "Core: {members: [carol, dan, erin]");
    let pod = Pod::of(&described(&file)).await;
    let running = pod.apply_until_the_second_write(json!({"method": "PATCH", "path": "/orgs/acme"})).await;
    let mut org = pod.bench.github.org(ORG).await;
    org["members"]["zoe"] = json!("admin");
    org["teams"][0]["members"]["erin"] = json!("maintainer");
    pod.put(org).await;
    let applied = running.end().output();
    assert_eq!((applied.exit, applied.cause), (StepExit::Incomplete, Some(Cause::Transient)), "{applied:?}");
    let org = pod.bench.github.org(ORG).await;
    assert_eq!(
        (&org["members"]["zoe"], &org["teams"][0]["members"]["erin"]),
        (&json!("admin"), &json!("maintainer"))
    );
}

/// A person who was removed after the plan was shown is not invited by their place in a team.
#[tokio::test]
async fn nobody_is_invited_by_a_place_in_a_team() {
    let file = FILE
        .replace("name: Acme", "name: Acme Inc")
        .replace("Core: {members: [carol, dan]", "Core: {members: [carol, dan, frank]");
    let pod = Pod::of(&described(&file)).await;
    let running = pod.apply_until_the_second_write(json!({"method": "PATCH", "path": "/orgs/acme"})).await;
    pod.remove_member("frank").await;
    let applied = running.end().output();
    assert_eq!((applied.exit, applied.cause), (StepExit::Incomplete, Some(Cause::Transient)), "{applied:?}");
    assert_eq!(pod.bench.github.org(ORG).await["invitations"], json!([]), "{applied:?}");
}

/// Somebody makes a team between the moment at which it is looked for and our request for it, which GitHub refuses then.
#[rstest::rstest]
#[case::as_asked("closed", (StepExit::Ok, None), "Applied: 3 of 3")]
#[case::otherwise(
    "secret", (StepExit::Incomplete, Some(Cause::Transient)),
    "Applied: 0 of 3. 1 change was left out: something changed in the meantime")]
#[tokio::test]
async fn a_team_that_is_made_at_the_same_moment(
    #[case] privacy: &str,
    #[case] end: (StepExit, Option<Cause>),
    #[case] title: &str,
) {
    let new = "    teams:\n      New: {privacy: closed, members: [dan], repos: {site: read}}\n";
    let pod = Pod::of(&FILE.replace("    teams:\n", new)).await;
    // Ours is on its way for some seconds.
    pod.fault(json!({"method": "POST", "path": "/orgs/acme/teams", "delayMs": 3_000, "count": 1})).await;
    let token = pod.token().await;
    let running = pod.bench.start_apply(&pod.sha, &pod.bench.token().await, &["--disclose-file", FAST]);
    eventually("the request for the team", async || {
        let faults = pod.bench.github.call("GET", "/_sim/faults", None).await;
        if faults[0]["taken"] == 1 { Ok(()) } else { Err(faults) }
    })
    .await;
    let team = json!({"name": "New", "privacy": privacy, "description": ""});
    pod.bench.github.call_by(&token, "POST", "/orgs/acme/teams", Some(team)).await;
    let applied = running.end().output();
    assert_eq!(
        (applied.exit, applied.cause, applied.check.title.as_str()),
        (end.0, end.1, title),
        "{applied:?}"
    );
    let found = "a team was made at its address in the meantime: it is secret";
    assert_eq!(applied.check.summary.contains(found), end.0 != StepExit::Ok, "{applied:?}");
}

/// The organization is read again after an apply: what GitHub does not show any more is not gone, and an apply that nobody
/// could check says so.
#[rstest::rstest]
#[case::fails(json!({"path": "/orgs/acme", "status": 502, "skip": 1}), StepExit::GitHubUnavailable,
    "Applied: 1 of 1", "The organization could not be read again afterwards: ")]
#[case::is_not_there(json!({"path": "/orgs/acme", "status": 404, "skip": 1}), StepExit::GitHubUnavailable,
    "Applied: 1 of 1", "The organization could not be read again afterwards: ")]
#[case::is_not_there_for_a_moment(json!({"path": "/orgs/acme", "status": 404, "skip": 1, "count": 1}), StepExit::Ok,
    "Applied: 1 of 1", "What was done")]
#[case::hides_the_teams_for_a_moment(
    json!({"path": "/orgs/acme/teams", "status": 403, "skip": 1, "count": 2,
           "body": {"message": "Resource not accessible by integration"}}), StepExit::Ok,
    "Applied: 1 of 1", "What was done")]
#[case::hides_the_teams(
    json!({"path": "/orgs/acme/teams", "status": 403, "skip": 1,
           "body": {"message": "Resource not accessible by integration"}}), StepExit::PermissionsMissing,
    "Applied: 1 of 1. 1 part could not be read again",
    "GitHub does not show the organization's teams: Resource not accessible by integration")]
#[tokio::test]
async fn what_can_t_be_read_afterwards_is_said(
    #[case] mut fault: Value,
    #[case] exit: StepExit,
    #[case] title: &str,
    #[case] because: &str,
) {
    let pod = Pod::of(&FILE.replace("name: Acme", "name: Acme Inc")).await;
    fault["method"] = json!("GET");
    pod.fault(fault).await;
    let applied = pod.apply(&[]).await;
    assert_eq!((applied.exit, applied.check.title.as_str()), (exit, title), "{applied:?}");
    assert!(applied.check.summary.contains(because), "{applied:?}");
    assert!(!applied.check.summary.contains("Gone beyond the plan"), "{applied:?}");
    assert_eq!(pod.bench.github.org(ORG).await["settings"]["name"], "Acme Inc");
}

#[rstest::rstest]
#[case::nothing_else("name: Acme", "Nothing to change. 1 part could not be read")]
#[case::something("name: Acme Inc", "Applied: 1 of 1. 1 part could not be read")]
#[tokio::test]
async fn what_can_t_be_read_before_is_said(#[case] name: &str, #[case] title: &str) {
    let pod = Pod::of(&FILE.replace("name: Acme", name)).await;
    for path in ["/orgs/acme/invitations", "/orgs/acme/failed_invitations"] {
        let body = json!({"message": "Resource not accessible by integration"});
        pod.fault(json!({"method": "GET", "path": path, "status": 403, "body": body})).await;
    }
    let applied = pod.apply(&[]).await;
    assert_eq!(
        (applied.exit, applied.check.title.as_str()),
        (StepExit::PermissionsMissing, title),
        "{applied:?}"
    );
    let summary = &applied.check.summary;
    assert!(summary.contains("Resource not accessible by integration"), "{summary}");
    assert!(summary.contains("an owner has accepted the App's permissions"), "{summary}");
    assert!(!summary.contains("is as the file says"), "{summary}");
    assert!(!applied.reviewed, "a removal may be left");
}

/// Who has yet to accept is known afterwards: an invitation that is not there any more waits for nobody.
#[tokio::test]
async fn an_invitation_that_is_cancelled_at_once_does_not_wait() {
    let pod = Pod::of(&FILE.replace("frank]", "frank, zoe]")).await;
    pod.fault(json!({"method": "GET", "path": "/orgs/acme", "skip": 1, "count": 1, "delayMs": 3_000})).await;
    let token = pod.bench.token().await;
    let running = pod.bench.start_apply(&pod.sha, &token, &["--disclose-file", FAST]);
    pod.bench.changed(pod.before + 1).await;
    let mut org = pod.bench.github.org(ORG).await;
    org["invitations"] = json!([]);
    pod.put(org).await;
    let applied = running.end().output();
    assert_eq!((applied.exit, applied.cause), (StepExit::Incomplete, Some(Cause::Refused)), "{applied:?}");
    assert!(applied.check.summary.contains("`zoe` is not invited yet"), "{applied:?}");
    assert!(!applied.check.summary.contains("Waiting to be accepted"), "{applied:?}");
}

/// What GitHub made although it answered with an error has its name at once, and may be shown some seconds later.
#[rstest::rstest]
#[case::a_team("/orgs/acme/teams")]
#[case::a_repository("/orgs/acme/repos")]
#[tokio::test]
async fn what_was_made_without_an_answer_may_be_shown_late(#[case] path: &str) {
    let new = "    teams:\n      New: {privacy: closed, members: [dan], repos: {docs: read}}\n";
    let file = FILE.replace("    teams:\n", new) + "      docs: {visibility: private, topics: [texts]}\n";
    let late = FIXTURE.replace("    id: 9001\n", "    id: 9001\n    eventual: 5\n");
    let bench = Bench::start_with(&late, &["--secondary-limits=off"]).await;
    let mut pod = Pod { bench, sha: String::new(), before: 0 };
    pod.push(&file).await;
    pod.fault(json!({"method": "POST", "path": path, "status": 502, "when": "after", "count": 1})).await;
    let applied = pod.apply_at("--time-scale=10", &[]).await;
    assert_eq!((applied.exit, applied.cause), (StepExit::Ok, None), "{applied:?}");
    assert_eq!(pod.bench.github.requests("POST", path).await, 2, "it was sent again, and not once more");
    let org = pod.bench.github.org(ORG).await;
    assert_eq!(org["repos"]["docs"]["topics"], json!(["texts"]), "{org}");
}

/// What is not shown in time is no mistake in the file: it is tried again soon.
#[rstest::rstest]
#[case::by_a_request_of_ours(json!({"status": 502, "when": "after"}), Cause::Transient)]
#[case::by_somebody_else(json!({"status": 422, "body": {"message": TAKEN}}), Cause::Refused)]
#[tokio::test]
async fn what_has_the_name_and_is_not_shown_is_tried_again_if_it_may_be_ours(
    #[case] mut fault: Value,
    #[case] cause: Cause,
) {
    let new = "    teams:\n      New: {privacy: closed, members: [dan], repos: {}}\n";
    let late = FIXTURE.replace("    id: 9001\n", "    id: 9001\n    eventual: 10000\n");
    let bench = Bench::start_with(&late, &["--secondary-limits=off"]).await;
    let mut pod = Pod { bench, sha: String::new(), before: 0 };
    pod.push(&FILE.replace("    teams:\n", new)).await;
    (fault["method"], fault["path"], fault["count"]) = (json!("POST"), json!("/orgs/acme/teams"), json!(1));
    pod.fault(fault).await;
    let applied = pod.apply(&[]).await;
    assert_eq!((applied.exit, applied.cause), (StepExit::Incomplete, Some(cause)), "{applied:?}");
    let says =
        "What to do: GitHub failed while it was made and may not show it yet: the next apply looks for it.";
    assert_eq!(applied.check.summary.contains(says), cause == Cause::Transient, "{applied:?}");
}

/// Who was invited before is still invited where GitHub says that there is no list of invitations: that is not known.
#[rstest::rstest]
#[case::hidden_for_a_moment(
    true, json!({"count": 2}), (StepExit::Ok, "Applied: 1 of 1. 1 person has yet to accept"), false)]
#[case::hidden(
    true, json!({}), (StepExit::GitHubUnavailable, "Applied: 1 of 1. 1 part could not be read again"), true)]
#[case::of_this_apply(
    false, json!({}), (StepExit::GitHubUnavailable, "Applied: 3 of 3. 1 part could not be read again"), true)]
#[tokio::test]
async fn a_list_of_invitations_that_is_hidden_afterwards_is_unread(
    #[case] is_invited: bool,
    #[case] mut fault: Value,
    #[case] end: (StepExit, &str),
    #[case] is_unread: bool,
) {
    let invited = "    id: 9001\n    invitations: [{login: zoe, role: member}]\n";
    let fixture = if is_invited {
        FIXTURE
            .replace("    id: 9001\n", invited)
            .replace("{name: Core, ", "{name: Core, invitations: [zoe], ")
    } else {
        FIXTURE.to_owned()
    };
    let bench = Bench::start_with(&fixture, &["--secondary-limits=off"]).await;
    let mut pod = Pod { bench, sha: String::new(), before: 0 };
    let file =
        FILE.replace("frank]", "frank, zoe]").replace("[carol, dan], repos", "[carol, dan, zoe], repos");
    pod.push(&file.replace("name: Acme", "name: Acme Inc")).await;
    (fault["method"], fault["path"]) = (json!("GET"), json!("/orgs/acme/invitations"));
    (fault["status"], fault["skip"], fault["body"]) = (json!(404), json!(1), json!({"message": "Not Found"}));
    pod.fault(fault).await;
    pod.bench.github.call("DELETE", "/_sim/requests", None).await;
    let applied = pod.apply(&[]).await;
    assert_eq!((applied.exit, applied.check.title.as_str()), end, "{applied:?}");
    let summary = &applied.check.summary;
    assert!(
        !summary.contains("Gone beyond the plan") && !summary.contains("Not as the file says"),
        "{applied:?}"
    );
    let says = "GitHub does not show invitations to the organization: Not Found";
    assert_eq!(summary.contains(says), is_unread, "{applied:?}");
    assert_eq!(
        pod.bench.github.requests("GET", "/orgs/acme/invitations").await,
        4,
        "it is read again, twice"
    );
}

/// Who may do what in a repository is not known to be as the file says where GitHub shows it no more. Where it was not shown
/// before, nothing has changed.
#[rstest::rstest]
#[case::a_permission(403, 1, StepExit::PermissionsMissing)]
#[case::hidden(404, 1, StepExit::GitHubUnavailable)]
#[case::hidden_before(404, 0, StepExit::Ok)]
#[case::a_permission_before(403, 0, StepExit::Ok)]
#[tokio::test]
async fn a_repository_whose_invitations_are_hidden_afterwards(
    #[case] status: u16,
    #[case] shown: u32,
    #[case] exit: StepExit,
) {
    let file =
        FILE.replace("name: Acme", "name: Acme Inc").replace("{visibility: private}", "{collaborators: {}}");
    let pod = Pod::of(&file).await;
    let message = if status == 403 { "Resource not accessible by integration" } else { "Not Found" };
    let path = "/repos/acme/site/invitations";
    let body = json!({"message": message});
    pod.fault(json!({"method": "GET", "path": path, "status": status, "skip": shown, "body": body})).await;
    let applied =
        pod.apply(&["--manage=Org,OrgMembers,Teams,TeamMembers,TeamRepos,Repos,Collaborators"]).await;
    assert_eq!(applied.exit, exit, "{applied:?}");
    let says = format!("GitHub does not show who is invited to `site`: {message}");
    let (summary, again) = (&applied.check.summary, "**Could not be read again**");
    assert!(summary.contains(&says), "{applied:?}");
    assert_eq!(summary.contains(again), shown > 0, "{applied:?}");
}

/// What could not be read before a removal is no refusal of the removal, which was never sent.
#[rstest::rstest]
#[case::a_member(
    json!({"path": "/orgs/acme/memberships/frank", "status": 409}), (StepExit::Incomplete, Some(Cause::Refused)),
    "what it is about could not be read: GitHub answered 409")]
#[case::a_strange_answer(
    json!({"path": "/orgs/acme/memberships/frank", "status": 422}), (StepExit::Incomplete, Some(Cause::Refused)),
    "what it is about could not be read: GitHub answered 422")]
#[case::a_permission(
    json!({"path": "/orgs/acme/memberships/frank", "status": 403,
           "body": {"message": "Resource not accessible by integration"}}), (StepExit::PermissionsMissing, None),
    "what it is about could not be read: GitHub answered 403")]
#[case::the_head(
    json!({"path": "/repos/acme/.github/contents/peribolos.yaml", "status": 502, "skip": 2}),
    (StepExit::Incomplete, Some(Cause::Transient)),
    "the newest version of the file could not be read: GitHub answered 502")]
#[tokio::test]
async fn what_was_not_sent_is_not_refused(
    #[case] mut fault: Value,
    #[case] end: (StepExit, Option<Cause>),
    #[case] because: &str,
) {
    let pod = Pod::of(&FILE.replace(", frank]", "]")).await;
    fault["method"] = json!("GET");
    pod.fault(fault).await;
    pod.bench.github.call("DELETE", "/_sim/requests", None).await;
    let applied = pod.apply(&[]).await;
    assert_eq!((applied.exit, applied.cause), end, "{applied:?}");
    assert_eq!(applied.changes, Some(changes(1, 0, 0, 1)), "{applied:?}");
    assert_eq!(applied.check.title, "Applied: 0 of 1. 1 change was not sent");
    assert!(!applied.check.summary.contains("**Failed**"), "{applied:?}");
    assert!(applied.check.summary.contains(because), "{applied:?}");
    assert!(!applied.check.summary.contains("Correct the line"), "nothing is wrong with it: {applied:?}");
    assert_eq!(pod.bench.github.requests("DELETE", "/orgs/acme/memberships/frank").await, 0);
}

/// What somebody made in the meantime as the file has it is used; what is otherwise is left.
#[tokio::test]
async fn what_was_made_in_the_meantime_is_not_made_again() {
    let file = FILE.replace("name: Acme", "name: Acme Inc").replace(
        "    teams:\n",
        "    teams:\n      New: {privacy: closed, members: [dan], repos: {site: read}}\n      Other: {privacy: closed, members: [dan], repos: {}}\n",
    );
    let pod = Pod::of(&described(&file)).await;
    let running = pod.apply_until_the_second_write(json!({"method": "PATCH", "path": "/orgs/acme"})).await;
    let token = pod.token().await;
    for (name, privacy) in [("New", "closed"), ("Other", "secret")] {
        pod.bench
            .github
            .call_by(&token, "POST", "/orgs/acme/teams", Some(json!({"name": name, "privacy": privacy})))
            .await;
    }
    let applied = running.end().output();
    assert_eq!((applied.exit, applied.cause), (StepExit::Incomplete, Some(Cause::Transient)), "{applied:?}");
    let org = pod.bench.github.org(ORG).await;
    let team = |name: &str| {
        org["teams"].as_array().unwrap().iter().find(|team| team["name"] == name).unwrap().clone()
    };
    assert_eq!(team("New")["repos"], json!({"site": "pull"}), "{org}");
    assert_eq!(team("Other")["members"], json!({}), "{org}");
    assert!(applied.check.summary.contains("Other"), "{applied:?}");
}

/// A removal that could not be made is never counted as done because the next plan does not have it.
#[tokio::test]
async fn a_repository_is_not_archived_before_all_else_is_done_in_it() {
    let fixture = FIXTURE
        .replace("site: {visibility: private,", "site: {visibility: private, collaborators: {eve: push},");
    let bench = Bench::start_with(&fixture, &["--secondary-limits=off"]).await;
    let mut pod = Pod { bench, sha: String::new(), before: 0 };
    pod.push(&FILE.replace(
        "site: {visibility: private}",
        "site: {visibility: private, archived: true, collaborators: {}}",
    ))
    .await;
    pod.fault(
        json!({"method": "DELETE", "path": "/repos/acme/site/collaborators/eve", "status": 409, "count": 1}),
    )
    .await;
    let rules = [
        "--manage=Org,OrgMembers,Teams,TeamMembers,TeamRepos,Repos,Collaborators",
        "--maximum-removal-percent=100",
        "--allow=RepoArchival",
    ];
    let applied = pod.apply(&rules).await;
    assert_eq!((applied.exit, applied.cause), (StepExit::Incomplete, Some(Cause::Refused)), "{applied:?}");
    assert_eq!(applied.changes, Some(changes(2, 0, 1, 2)), "{applied:?}");
    assert_eq!(pod.bench.github.org(ORG).await["repos"]["site"]["archived"], false);
    let applied = pod.apply(&rules).await;
    assert_eq!((applied.exit, applied.changes), (StepExit::Ok, Some(changes(2, 2, 0, 0))), "{applied:?}");
    assert_eq!(pod.bench.github.org(ORG).await["repos"]["site"]["archived"], true);
}

/// What GitHub takes only together is not split, and so is sent once.
#[tokio::test]
async fn a_refused_title_of_merges_is_sent_once() {
    let pod = Pod::of(&FILE.replace(
        "site: {visibility: private}",
        "site: {visibility: private, squash_merge_commit_title: PR_TITLE, squash_merge_commit_message: BLANK}",
    ))
    .await;
    pod.fault(json!({"method": "PATCH", "path": "/repos/acme/site", "status": 422, "body": {"message": "Validation Failed"}})).await;
    pod.bench.github.call("DELETE", "/_sim/requests", None).await;
    let applied = pod.apply(&[]).await;
    assert_eq!((applied.exit, applied.cause), (StepExit::Incomplete, Some(Cause::Refused)), "{applied:?}");
    assert_eq!(pod.bench.github.requests("PATCH", "/repos/acme/site").await, 1);
}

#[rstest::rstest]
#[case::as_it_is(0)]
#[case::not_shown_for_a_moment(1)]
#[tokio::test]
async fn what_is_no_longer_as_planned_is_left_and_named(#[case] hidden: u32) {
    let file = FILE.replace("frank]", "zoe]").replace("name: Acme", "name: Acme Inc");
    let pod = Pod::of(&described(&file)).await;
    let running = pod.apply_until_the_second_write(json!({"method": "PATCH", "path": "/orgs/acme"})).await;
    // Somebody makes frank, who is about to be removed, an owner.
    let mut org = pod.bench.github.org(ORG).await;
    org["members"]["frank"] = json!("admin");
    pod.put(org).await;
    if hidden > 0 {
        let path = "/orgs/acme/memberships/frank";
        pod.fault(json!({"method": "GET", "path": path, "status": 404, "body": {"message": "Not Found"}, "count": hidden}))
            .await;
    }
    let applied = running.end().output();
    assert_eq!((applied.exit, applied.cause), (StepExit::Incomplete, Some(Cause::Transient)), "{applied:?}");
    assert!(applied.check.summary.contains("Left out, because it changed in the meantime"), "{applied:?}");
    assert_eq!(pod.bench.github.org(ORG).await["members"]["frank"], "admin");
    assert!(!applied.reviewed, "a removal is left");
}

/// What was never shown could not be compared with the plan: it is not removed, and named where it is there after all.
#[tokio::test]
async fn what_is_never_shown_is_not_removed() {
    let pod = Pod::of(&FILE.replace("frank]", "]")).await;
    let path = "/orgs/acme/memberships/frank";
    let body = json!({"message": "Not Found"});
    pod.fault(json!({"method": "GET", "path": path, "status": 404, "body": body})).await;
    let applied = pod.apply(&["--maximum-removal-percent=100"]).await;
    assert_eq!(pod.bench.github.org(ORG).await["members"]["frank"], "member");
    assert_eq!(pod.bench.github.requests("DELETE", path).await, 0);
    assert_eq!((applied.exit, applied.cause), (StepExit::Incomplete, Some(Cause::Refused)), "{applied:?}");
    assert!(applied.check.summary.contains("is not removed from the organization yet"), "{applied:?}");
}

/// A login may be another person's by then: what is taken away is taken from the person who had it when it was planned.
#[rstest::rstest]
#[case::renamed(false, "the person is called 'dave' now")]
#[case::taken_by_another(true, "somebody else has the login now, and the person is called 'dave'")]
#[tokio::test]
async fn nobody_loses_anything_by_having_the_login_of_another(#[case] taken: bool, #[case] says: &str) {
    let file = described(&FILE.replace("frank]", "]").replace("name: Acme", "name: Acme Inc"));
    let without = file.replace("[carol, dan], repos", "[carol], repos");
    let pod = Pod::of(&without.replace("site: {desc", "site: {collaborators: {}, desc")).await;
    let github = &pod.bench.github;
    let mut org = github.org(ORG).await;
    org["repos"]["site"]["collaborators"] = json!({"zoe": "push"});
    pod.put(org).await;
    pod.fault(json!({"method": "PATCH", "path": "/orgs/acme", "delayMs": 5_000, "count": 1})).await;
    let manage = "--manage=Org,OrgMembers,Teams,TeamMembers,TeamRepos,Repos,Collaborators";
    let args = ["--disclose-file", FAST, "--maximum-removal-percent=100", manage];
    let running = pod.bench.start_apply(&pod.sha, &pod.bench.token().await, &args);
    pod.bench.changed(pod.before + 1).await;
    for (from, to) in [("frank", "fritz"), ("dan", "dave"), ("zoe", "zora")] {
        github.call("POST", &format!("/_sim/users/{from}/rename"), Some(json!({"to": to}))).await;
    }
    let mut org = github.org(ORG).await;
    if taken {
        for login in ["frank", "dan", "zoe"] {
            github.call("PUT", &format!("/_sim/users/{login}"), Some(json!({}))).await;
        }
        (org["members"]["frank"], org["members"]["dan"]) = (json!("member"), json!("member"));
        org["teams"][0]["members"]["dan"] = json!("member");
        org["repos"]["site"]["collaborators"]["zoe"] = json!("push");
        pod.put(org.clone()).await;
    }
    let applied = running.end().output();
    assert_eq!((applied.exit, applied.cause), (StepExit::Incomplete, Some(Cause::Transient)), "{applied:?}");
    let left = applied.list.iter().filter(|line| line.ends_with("left out, changed in the meantime")).count();
    assert_eq!(left, 3, "{applied:?}");
    let now = github.org(ORG).await;
    assert_eq!(now["members"], org["members"]);
    assert_eq!(now["teams"][0]["members"], org["teams"][0]["members"]);
    assert_eq!(now["repos"]["site"]["collaborators"], org["repos"]["site"]["collaborators"]);
    // Of who is in the file, it says who that is now.
    assert!(applied.check.summary.contains(says), "{applied:?}");
}

#[tokio::test]
async fn a_head_that_moves_leaves_the_removals_to_the_newer_run() {
    let file = FILE.replace("frank]", "zoe]").replace("name: Acme", "name: Acme Inc");
    let pod = Pod::of(&described(&file)).await;
    let running = pod.apply_until_the_second_write(json!({"method": "PATCH", "path": "/orgs/acme"})).await;
    pod.bench.github.push(ORG, json!({"peribolos.yaml": FILE})).await;
    let applied = running.end().output();
    assert_eq!(applied.exit, StepExit::HeadMoved, "{applied:?}");
    let org = pod.bench.github.org(ORG).await;
    assert_eq!(org["members"]["frank"], "member", "he is not removed");
    assert_eq!(org["invitations"][0]["login"], "zoe", "the grants are finished: {org}");
    assert!(!applied.reviewed);
}

#[tokio::test]
async fn a_revert_stops_a_removal_that_is_running() {
    let people: Vec<String> = (0..30).map(|number| format!("m{number}")).collect();
    let fixture =
        FIXTURE.replace("frank: member}", &format!("frank: member, {}: member}}", people.join(": member, ")));
    let before = FILE.replace("frank]", &format!("frank, {}]", people.join(", ")));
    let bench = Bench::start_with(&fixture, &["--secondary-limits=off"]).await;
    let mut pod = Pod { bench, sha: String::new(), before: 0 };
    pod.push(&described(&FILE.replace("frank]", "frank, zoe]"))).await;
    // The fifth removal takes GitHub longer than a minute of this pod.
    pod.fault(json!({"method": "DELETE", "path": "/orgs/acme/memberships/*", "skip": 4, "count": 1, "delayMs": 5_000}))
        .await;
    let token = pod.bench.token().await;
    let more = ["--disclose-file", "--maximum-removal-percent=100", FAST];
    let running = pod.bench.start_apply(&pod.sha, &token, &more);
    // A description, an invitation, and four removals.
    pod.bench.changed(pod.before + 6).await;
    pod.bench.github.push(ORG, json!({"peribolos.yaml": before})).await;
    let applied = running.end().output();
    assert_eq!(applied.exit, StepExit::HeadMoved, "{applied:?}");
    assert_eq!(applied.changes, Some(changes(32, 7, 0, 26)), "{applied:?}");
    let org = pod.bench.github.org(ORG).await;
    assert_eq!(org["members"].as_object().unwrap().len(), 31, "only the five that had begun are gone: {org}");
    assert_eq!(org["invitations"][0]["login"], "zoe", "{org}");
    assert!(!applied.reviewed);
}

#[tokio::test]
async fn an_owner_is_kept_until_another_one_has_accepted() {
    // carol is to become an owner in bob's place, and GitHub only asks her.
    let file = FILE
        .replace("alice, bob", "alice, carol")
        .replace("members: [carol, dan, erin", "members: [bob, dan, erin");
    let pod = Pod::of(&file).await;
    let body = json!({"state": "pending", "role": "admin"});
    pod.fault(json!({"method": "PUT", "path": "/orgs/acme/memberships/carol", "status": 200, "body": body}))
        .await;
    let applied = pod.apply(&["--maximum-removal-percent=100"]).await;
    assert_eq!((applied.exit, applied.cause), (StepExit::Incomplete, Some(Cause::Withheld)), "{applied:?}");
    assert_eq!(pod.bench.github.org(ORG).await["members"]["bob"], "admin");
    assert!(!applied.reviewed, "a removal is left");
}

#[tokio::test]
async fn an_expired_token_is_read_again_in_the_middle() {
    let file = FILE.replace("frank]", "frank, zoe]").replace("name: Acme", "name: Acme Inc");
    let pod = Pod::of(&described(&file)).await;
    let running = pod.apply_until_the_second_write(json!({"method": "PATCH", "path": "/orgs/acme"})).await;
    // The controller mints a new token long before the old one ends.
    let later =
        async |time: &str| pod.bench.github.call("POST", "/_sim/clock", Some(json!({"advance": time}))).await;
    later("40m").await;
    pod.bench.token().await;
    later("30m").await;
    let applied = running.end().output();
    assert_eq!((applied.exit, applied.changes), (StepExit::Ok, Some(changes(3, 3, 0, 1))), "{applied:?}");
}

#[tokio::test]
async fn asked_to_end_it_finishes_the_request_and_reports() {
    let file = FILE.replace("frank]", "frank, zoe]").replace("name: Acme", "name: Acme Inc");
    let pod = Pod::of(&described(&file)).await;
    let running = pod.apply_until_the_second_write(json!({"method": "PATCH", "path": "/orgs/acme"})).await;
    running.terminate();
    let applied = running.end().output();
    assert_eq!(applied.exit, StepExit::OutOfTime, "{applied:?}");
    let org = pod.bench.github.org(ORG).await;
    // It was asked before the second request or in the middle of it.
    let done = if org["settings"]["name"] == "Acme Inc" { 2 } else { 1 };
    assert_eq!(applied.changes, Some(changes(3, done, 0, 3 - done)), "{applied:?}");
    assert_eq!(org["invitations"], json!([]), "no further one starts");
}

#[tokio::test]
async fn no_wait_begins_beyond_the_deadline_and_none_lasts_longer_than_five_minutes() {
    let pod = Pod::of(&FILE.replace("name: Acme", "name: Acme Inc")).await;
    let limited = |seconds: &str| json!({"method": "PATCH", "path": "/orgs/acme", "status": 403, "headers": {"retry-after": seconds}});
    pod.fault(limited("600")).await;
    let applied = pod.apply_at(REAL, &[]).await;
    assert_eq!(
        (applied.exit, applied.changes),
        (StepExit::RateLimited, Some(changes(1, 0, 0, 1))),
        "{applied:?}"
    );
    assert!(applied.until.is_some(), "{applied:?}");
    pod.bench.github.call("DELETE", "/_sim/faults", None).await;
    pod.fault(limited("120")).await;
    let applied = pod.apply_at(REAL, &["--deadline=90s"]).await;
    assert_eq!((applied.exit, applied.until), (StepExit::OutOfTime, None), "{applied:?}");
    // The time that the pod needed to start is gone.
    let requested =
        format!("--requested-at={:.0}", jiff::Timestamp::now() - jiff::SignedDuration::from_secs(80));
    let applied = pod.apply_at(REAL, &["--deadline=180s", &requested]).await;
    assert_eq!((applied.exit, applied.until), (StepExit::OutOfTime, None), "{applied:?}");
    assert_eq!(pod.changes().await, [] as [Value; 0]);
}

#[tokio::test]
async fn content_of_earlier_attempts_counts() {
    let pod = Pod::of(&FILE.replace("frank]", "frank, zoe]").replace("name: Acme", "name: Acme Inc")).await;
    let now = jiff::Timestamp::now();
    let write = format!("--content-write={now:.0}=360");
    let applied = pod.apply_at(REAL, &[&write]).await;
    assert_eq!(
        (applied.exit, applied.changes),
        (StepExit::RateLimited, Some(changes(2, 1, 0, 1))),
        "{applied:?}"
    );
    let until = applied.until.unwrap().duration_since(now).as_secs();
    assert!((3_540..=3_720).contains(&until), "an hour from then: {until} s");
    assert_eq!(applied.content_writes[0].count, 360, "{applied:?}");
}

#[tokio::test]
async fn a_missing_permission_stops_that_kind_alone() {
    let file = FILE.replace("frank]", "frank, yan, zoe]").replace("name: Acme", "name: Acme Inc");
    let fixture = FIXTURE.replace("users: [zoe]", "users: [yan, zoe]");
    let bench = Bench::start_with(&fixture, &["--secondary-limits=off"]).await;
    let mut pod = Pod { bench, sha: String::new(), before: 0 };
    pod.push(&described(&file)).await;
    let body = json!({"message": "Resource not accessible by integration"});
    pod.fault(json!({"method": "PUT", "path": "/orgs/acme/memberships/*", "status": 403, "body": body}))
        .await;
    pod.bench.github.call("DELETE", "/_sim/requests", None).await;
    let applied = pod.apply(&[]).await;
    assert_eq!(
        (applied.exit, applied.changes),
        (StepExit::PermissionsMissing, Some(changes(4, 2, 1, 2))),
        "{applied:?}"
    );
    let kind =
        "`zoe` was not invited, because a permission for changes of its kind is missing: GitHub answered 403";
    assert!(applied.check.summary.contains(kind), "one was refused, the other was not sent: {applied:?}");
    let log = pod.bench.github.call("GET", "/_sim/requests", None).await;
    let tried = log.as_array().unwrap().iter().filter(|request| request["method"] == "PUT").count();
    assert_eq!(tried, 1, "{log}");
}

#[tokio::test]
async fn an_organization_that_lets_nobody_in_says_so() {
    let pod = Pod::of(&FILE.replace("frank]", "frank, zoe]").replace("name: Acme", "name: Acme Inc")).await;
    let sentence = "Although you appear to have the correct authorization credentials, the `acme` organization has an IP \
                    allow list enabled, and your IP address is not permitted to access this resource.";
    let body = json!({"message": sentence});
    pod.fault(json!({"method": "PATCH", "path": "/orgs/acme", "status": 403, "body": body})).await;
    let applied = pod.apply(&[]).await;
    assert_eq!(applied.exit, StepExit::AccessBlocked, "{applied:?}");
    assert!(applied.check.summary.contains("IP allow list enabled"), "{applied:?}");
    assert_eq!(pod.changes().await, [] as [Value; 0], "nothing else is tried");
}

#[tokio::test]
async fn a_field_that_github_refuses_keeps_no_other_from_being_changed() {
    let file = FILE.replace("name: Acme", "name: Acme Inc\n    company: Acme\n    location: Here");
    let pod = Pod::of(&file).await;
    // GitHub refuses the whole request, and one field of it.
    let body = json!({"message": "Validation Failed"});
    pod.fault(json!({"method": "PATCH", "path": "/orgs/acme", "status": 422, "body": body, "count": 2}))
        .await;
    let applied = pod.apply(&[]).await;
    assert_eq!((applied.exit, applied.cause), (StepExit::Incomplete, Some(Cause::Refused)), "{applied:?}");
    assert_eq!(pod.changes().await.len(), 2, "each of the other two fields");
    assert!(applied.check.summary.contains("Validation Failed"), "{applied:?}");
}

#[tokio::test]
async fn three_refusals_that_speak_of_a_limit_end_inviting() {
    let people: Vec<String> = (0..5).map(|number| format!("new{number}")).collect();
    let file = FILE
        .replace("frank]", &format!("frank, {}]", people.join(", ")))
        .replace("name: Acme", "name: Acme Inc");
    let fixture = FIXTURE.replace("users: [zoe]", &format!("users: [{}]", people.join(", ")));
    let bench = Bench::start_with(&fixture, &["--secondary-limits=off"]).await;
    let mut pod = Pod { bench, sha: String::new(), before: 0 };
    pod.push(&file).await;
    let body = json!({"message": "You have exceeded the organization invitation rate limit"});
    let path = "/orgs/acme/memberships/*";
    pod.fault(json!({"method": "PUT", "path": path, "status": 422, "body": body})).await;
    pod.bench.github.call("DELETE", "/_sim/requests", None).await;
    let applied = pod.apply(&[]).await;
    assert_eq!(
        (applied.exit, applied.cause),
        (StepExit::Incomplete, Some(Cause::Invitations)),
        "{applied:?}"
    );
    assert_eq!(applied.changes, Some(changes(6, 1, 3, 5)), "{applied:?}");
    assert!(applied.check.summary.contains("`new4` was not invited"), "{applied:?}");
    let log = pod.bench.github.call("GET", "/_sim/requests", None).await;
    let tried = log.as_array().unwrap().iter().filter(|request| request["method"] == "PUT").count();
    assert_eq!(tried, 3, "{log}");
}

/// An invitation that is not cancelled, because the new one would not be taken, waits for the next day like the others.
#[tokio::test]
async fn what_is_kept_at_the_limit_of_invitations_is_tried_after_a_day() {
    let people: Vec<String> = (0..5).map(|number| format!("new{number}")).collect();
    let invited: Vec<String> =
        people.iter().map(|login| format!("{{login: {login}, role: member}}")).collect();
    let invited = format!("    id: 9001\n    invitations: [{}]\n", invited.join(", "));
    let fixture = FIXTURE
        .replace("users: [zoe]", &format!("users: [{}]", people.join(", ")))
        .replace("    id: 9001\n", &invited);
    let bench = Bench::start_with(&fixture, &["--secondary-limits=off"]).await;
    let mut pod = Pod { bench, sha: String::new(), before: 0 };
    pod.push(&FILE.replace("bob]", &format!("bob, {}]", people.join(", ")))).await;
    let body = json!({"message": "You have exceeded the organization invitation rate limit"});
    pod.fault(json!({"method": "PUT", "path": "/orgs/acme/memberships/*", "status": 422, "body": body}))
        .await;
    let applied = pod.apply(&["--maximum-removal-percent=100"]).await;
    assert_eq!(applied.cause, Some(Cause::Invitations), "{applied:?}");
    let summary = &applied.check.summary;
    let kept = summary.lines().find(|line| line.contains("invitation of `new4` was not cancelled"));
    assert!(kept.is_some_and(|line| line.contains("the rest is tried again after a day")), "{applied:?}");
    assert!(!summary.contains("Correct the line"), "{applied:?}");
}

/// Who is to be removed stands in no line of the file.
#[tokio::test]
async fn what_no_line_asks_for_needs_no_correction_of_a_line() {
    let pod = Pod::of(&FILE.replace(", frank]", "]")).await;
    let path = "/orgs/acme/memberships/frank";
    let body = json!({"message": "Validation Failed"});
    pod.fault(json!({"method": "DELETE", "path": path, "status": 422, "body": body})).await;
    let applied = pod.apply(&[]).await;
    assert_eq!(applied.cause, Some(Cause::Refused), "{applied:?}");
    let summary = &applied.check.summary;
    assert!(
        summary.contains("What to do: Make the change on GitHub, where the reason is shown."),
        "{applied:?}"
    );
    assert!(!summary.contains("Correct the line"), "{applied:?}");
}

#[tokio::test]
async fn too_few_owners_are_never_left() {
    // carol is to become an owner in bob's place, and GitHub refuses her.
    let file = FILE
        .replace("alice, bob", "alice, carol")
        .replace("members: [carol, dan, erin", "members: [bob, dan, erin");
    let pod = Pod::of(&file).await;
    let body = json!({"message": "No"});
    pod.fault(json!({"method": "PUT", "path": "/orgs/acme/memberships/carol", "status": 422, "body": body}))
        .await;
    let applied = pod.apply(&["--maximum-removal-percent=100"]).await;
    assert_eq!((applied.exit, applied.cause), (StepExit::Incomplete, Some(Cause::Refused)), "{applied:?}");
    assert_eq!(pod.bench.github.org(ORG).await["members"]["bob"], "admin", "he is withheld");
    assert!(
        applied.check.summary.contains("1 active owner would be left, and there must be 2"),
        "{applied:?}"
    );
}

#[tokio::test]
async fn how_far_it_is_stands_on_lines_of_their_own() {
    let file = FILE.replace("frank]", "frank, zoe]").replace("name: Acme", "name: Acme Inc");
    let pod = Pod::of(&file).await;
    let token = pod.bench.token().await;
    let ended = pod.bench.apply(&pod.sha, &token, &["--disclose-file"]);
    let progress = Progress::from_log(&ended.stdout);
    assert!(matches!(progress, Some(Progress { done: 1..=2, of: 2 })), "{ended:?}");
    assert_eq!(ended.output().exit, StepExit::Ok);
}

#[rstest::rstest]
#[case::too_many_members(FILE.replace(", erin, frank", "").replace("[erin]", "[]"), "platform team to raise the limit")]
#[case::too_few_owners(FILE.replace("alice, bob", "alice").replace("[carol", "[bob, carol"), "admins")]
#[case::archiving(FILE.replace("site: {vis", "site: {archived: true, vis"), "platform team to allow RepoArchival")]
#[case::publishing(FILE.replace("visibility: private", "visibility: public"), "platform team to allow RepoPublish")]
#[tokio::test]
async fn a_tripped_guard_says_how_to_raise_it_and_writes_nothing(#[case] file: String, #[case] says: &str) {
    let pod = Pod::of(&file).await;
    let applied = pod.apply(&["--salt=run-1"]).await;
    assert_eq!(applied.exit, StepExit::GuardTripped, "{applied:?}");
    assert!(applied.check.summary.contains(says), "{applied:?}");
    assert_eq!(pod.changes().await, [] as [Value; 0]);
    assert!(!pod.bench.path("normalized.yaml").exists());
    let planned = pod.plan(&[]).await;
    assert_eq!(planned.exit, StepExit::GuardTripped, "{planned:?}");
    assert!(!pod.bench.path("normalized.yaml").exists(), "upstream gets nothing to apply");
}

#[tokio::test]
async fn a_removal_that_no_preview_showed_stops_it() {
    let pod = Pod::of(&FILE.replace("members: [carol, dan], repos", "members: [carol], repos")).await;
    let shown = pod.plan(&["--salt=preview-1"]).await;
    assert_eq!((shown.exit, shown.removals.len()), (StepExit::Ok, 1), "{shown:?}");
    let preview = format!("--shown=preview-1:{}", shown.removals[0]);
    let direct = "--without-pull-requests";
    for (rule, more, exit) in [
        ("Block", &[][..], StepExit::GuardTripped),
        ("Block", &[preview.as_str()], StepExit::Ok),
        ("Block", &["--shown=another:000000000000"], StepExit::GuardTripped),
        ("Block", &[direct], StepExit::Ok),
        ("Require", &[direct], StepExit::GuardTripped),
        ("Require", &[preview.as_str()], StepExit::Ok),
        ("Warn", &[], StepExit::Ok),
    ] {
        let rule = format!("--unreviewed-removals={rule}");
        let judged = pod.plan(&[&[rule.as_str()], more].concat()).await;
        assert_eq!(judged.exit, exit, "{rule} {more:?}: {judged:?}");
        if exit == StepExit::GuardTripped {
            assert!(judged.check.summary.contains("/peribolos apply"), "{judged:?}");
        }
    }
    let stopped = pod.apply(&["--unreviewed-removals=Block"]).await;
    assert_eq!(stopped.exit, StepExit::GuardTripped, "{stopped:?}");
    assert_eq!(pod.changes().await, [] as [Value; 0]);
    let applied = pod.apply(&["--unreviewed-removals=Warn"]).await;
    assert!(applied.exit == StepExit::Ok && applied.reviewed, "{applied:?}");
    assert!(applied.check.summary.contains("No preview had shown these removals"), "{applied:?}");
}

#[tokio::test]
async fn only_what_may_be_named_is_named() {
    let file = FILE.replace("      Hidden: {privacy: secret, members: [erin], repos: {}}\n", "");
    let bench = Bench::start(FIXTURE).await;
    let base = bench.github.push(ORG, json!({"peribolos.yaml": FILE})).await;
    let head = bench.github.push(ORG, json!({"peribolos.yaml": file})).await;
    let token = bench.token().await;
    let output = bench.plan(&head, &token, &["--disclose-file"]).output();
    let said = serde_json::to_string(&output.check).unwrap();
    assert!(!said.contains("Hidden") && said.contains("1 team"), "the secret team is counted: {said}");
    let output = bench.plan(&head, &token, &["--disclose-file", &format!("--disclose={base}")]).output();
    assert!(output.check.summary.contains("Hidden"), "the base's file names it: {output:?}");
    let output = bench.plan(&head, &token, &[]).output();
    assert!(!output.check.summary.contains("dan"), "{output:?}");
    let output = bench.apply(&head, &token, &["--disclose-file", FAST]).output();
    let said = serde_json::to_string(&output.check).unwrap();
    assert!(output.exit == StepExit::Ok && !said.contains("Hidden"), "{output:?}");
    assert!(
        output.list.iter().any(|line| line.contains("Hidden")),
        "people of the cluster see it: {output:?}"
    );
}

/// Mistakes in a part that is not managed are warnings, in the file that lets names be posted, too.
#[tokio::test]
async fn a_file_names_what_it_names_whatever_is_wrong_in_what_is_not_managed() {
    let wrong = FILE.replace("site: {visibility: private}", "site: {visibility: hidden}");
    let bench = Bench::start(FIXTURE).await;
    let base = bench.github.push(ORG, json!({"peribolos.yaml": wrong})).await;
    let head =
        bench.github.push(ORG, json!({"peribolos.yaml": wrong.replace(", dan], repos", "], repos")})).await;
    let without_repos = "--manage=Org,OrgMembers,Teams,TeamMembers,TeamRepos";
    let args = [without_repos, &format!("--disclose={base}")];
    let output = bench.plan(&head, &bench.token().await, &args).output();
    assert!(output.exit == StepExit::Ok && output.check.summary.contains("dan"), "{output:?}");
}

impl Pod {
    /// Starts an apply of a file whose first change is of the repository `site`, and returns in the middle of its second
    /// write, which takes GitHub some seconds.
    async fn apply_until_the_second_write(&self, second: Value) -> Running {
        let mut slow = second;
        slow["delayMs"] = json!(5_000);
        slow["count"] = json!(1);
        self.fault(slow).await;
        let token = self.bench.token().await;
        let running = self.bench.start_apply(&self.sha, &token, &["--disclose-file", FAST]);
        self.bench.changed(self.before + 1).await;
        running
    }

    async fn remove_member(&self, login: &str) {
        let mut org = self.bench.github.org(ORG).await;
        org["members"].as_object_mut().unwrap().remove(login);
        for team in org["teams"].as_array_mut().unwrap() {
            team["members"].as_object_mut().unwrap().remove(login);
        }
        self.put(org).await;
    }

    async fn put(&self, org: Value) {
        self.bench.github.call("PUT", &format!("/_sim/orgs/{ORG}"), Some(org)).await;
    }
}
