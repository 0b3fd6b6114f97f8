//! An invitation that is replaced by one with another role: the places in teams that go with the old one are in the request
//! for the new one.

use peribolos_vocab::report::{Cause, StepExit, StepReport};
use serde_json::{Value, json};

use crate::apply::FAST;
use crate::bench::{Bench, ORG, Running};

/// zoe is invited as a member, to `Core` and `Docs`.
const FIXTURE: &str = "\
users: [zoe, zzz]
orgs:
  acme:
    id: 9001
    settings: {name: Acme, billing_email: bills@acme.example, default_repository_permission: read}
    members: {alice: admin, bob: admin, carol: member}
    invitations: [{login: zoe, role: member}]
    teams:
      - {name: Core, members: {carol: member}, invitations: [zoe]}
      - {name: Docs, invitations: [zoe]}
    repos:
      .github: {visibility: private, files: {README.md: \"hello\\n\"}}
    installation: {id: 1234567}
";

/// She is to be an owner.
const FILE: &str = "\
orgs:
  acme:
    name: Acme
    admins: [alice, bob, zoe]
    members: [carol]
";

/// Nobody decides about teams.
const MANAGED: &str = "--manage=Org,OrgMembers";

const SENT: [(&str, &str); 2] = [("DELETE", "invitations/*"), ("POST", "invitations")];

struct World {
    bench: Bench,
    sha: String,
}

impl World {
    async fn of(file: &str) -> Self {
        Self::with(FIXTURE, file).await
    }

    async fn with(fixture: &str, file: &str) -> Self {
        let bench = Bench::start_with(fixture, &["--secondary-limits=off"]).await;
        let sha = bench.github.push(ORG, json!({"peribolos.yaml": file})).await;
        bench.github.call("DELETE", "/_sim/requests", None).await;
        Self { bench, sha }
    }

    async fn fault(&self, fault: Value) {
        self.bench.github.call("POST", "/_sim/faults", Some(fault)).await;
    }

    async fn apply(&self, more: &[&str]) -> StepReport {
        let args: Vec<&str> = [MANAGED].into_iter().chain(more.iter().copied()).collect();
        self.bench.apply(&self.sha, &self.bench.token().await, &args).output()
    }

    async fn start(&self) -> Running {
        self.bench.start_apply(&self.sha, &self.bench.token().await, &[MANAGED, FAST])
    }

    /// An apply in the middle of cancelling the invitation, which takes GitHub some seconds.
    async fn while_it_is_cancelled(&self) -> Running {
        self.start_and_wait_for(json!({"method": "DELETE", "path": "/orgs/acme/invitations/*"})).await
    }

    /// An apply in the middle of this request.
    async fn start_and_wait_for(&self, mut slow: Value) -> Running {
        (slow["delayMs"], slow["count"]) = (json!(3_000), json!(1));
        self.fault(slow).await;
        let running = self.start().await;
        crate::support::eventually("the slow request", async || {
            let faults = self.bench.github.call("GET", "/_sim/faults", None).await;
            if faults[0]["taken"] == 1 { Ok(()) } else { Err(faults) }
        })
        .await;
        running
    }

    /// The writes to the organization that GitHub took.
    async fn taken(&self) -> Vec<(String, String)> {
        let log = self.bench.github.call("GET", "/_sim/requests", None).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let path = |path: &Value| {
            let path = text(path).replace("/orgs/acme/", "");
            let is_number = |part: &str| part.chars().all(|digit| digit.is_ascii_digit());
            path.split('/').map(|part| if is_number(part) { "*" } else { part }).collect::<Vec<_>>().join("/")
        };
        let writes = log.as_array().unwrap().iter().filter(|it| it["actor"] == "installation");
        let writes = writes.filter(|it| it["method"] != "GET" && it["path"] != "/graphql");
        writes
            .filter(|it| it["status"].as_u64().is_some_and(|status| status < 300))
            .map(|it| (text(&it["method"]), path(&it["path"])))
            .collect()
    }

    /// Who is invited, as what, and to which teams.
    async fn invited(&self) -> Vec<String> {
        let org = self.bench.github.org(ORG).await;
        let open = org["invitations"].as_array().unwrap().iter();
        let teams = org["teams"].as_array().unwrap();
        open.map(|open| {
            let to = teams.iter().filter(|team| {
                team["invitations"].as_array().is_some_and(|people| people.contains(&open["login"]))
            });
            let to: Vec<&str> = to.filter_map(|team| team["name"].as_str()).collect();
            format!("{} {} {}", open["login"], open["role"], to.join(" "))
        })
        .collect()
    }
}

/// The file with teams, each with these people.
fn with_teams(core: &str, docs: &str) -> String {
    format!(
        "{FILE}    teams:\n      Core: {{members: [{core}], repos: {{}}}}\n      Docs: {{members: [{docs}], repos: {{}}}}\n"
    )
}

fn sent() -> Vec<(String, String)> {
    SENT.map(|(method, path)| (method.to_owned(), path.to_owned())).to_vec()
}

const AS_MEMBER: &str = r#""zoe" "member" Core Docs"#;
const AS_OWNER: &str = r#""zoe" "admin" Core Docs"#;

#[rstest::rstest]
#[case::at_once(None)]
#[case::not_at_first(Some(json!({"method": "POST", "path": "/orgs/acme/invitations", "status": 502, "count": 1})))]
#[case::without_an_answer(Some(
    json!({"method": "POST", "path": "/orgs/acme/invitations", "status": 502, "count": 1, "when": "after"})))]
#[tokio::test]
async fn an_invitation_that_is_replaced_keeps_its_teams_in_one_request(#[case] fault: Option<Value>) {
    let world = World::of(FILE).await;
    if let Some(fault) = fault.clone() {
        world.fault(fault).await;
    }
    let applied = world.apply(&[FAST]).await;
    assert_eq!((applied.exit, applied.cause), (StepExit::Ok, None), "{applied:?}");
    assert_eq!(applied.check.title, "Applied: 2 of 2. 1 person has yet to accept");
    assert_eq!(world.invited().await, [AS_OWNER]);
    let is_lost = fault.is_some_and(|fault| fault["when"] == "after");
    let taken = world.taken().await;
    assert_eq!(taken.len(), if is_lost { 1 } else { 2 }, "{taken:?}");
    assert!(is_lost || taken == sent(), "{taken:?}");
}

/// Nobody else knows of places that are gone with an invitation: the apply that lost them names them.
#[rstest::rstest]
#[case::refused(422, "User is blocked", (StepExit::Incomplete, Some(Cause::Refused)))]
#[case::a_limit(422, "Over invitation rate limit", (StepExit::Incomplete, Some(Cause::Invitations)))]
#[case::down(502, "Server Error", (StepExit::Incomplete, Some(Cause::Transient)))]
#[case::blocked(
    403, "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list \
    enabled, and your IP address is not permitted to access this resource.", (StepExit::AccessBlocked, None))]
#[tokio::test]
async fn places_that_are_lost_with_an_invitation_are_named(
    #[case] status: u16,
    #[case] message: &str,
    #[case] end: (StepExit, Option<Cause>),
) {
    let world = World::of(FILE).await;
    let body = json!({"message": message});
    world
        .fault(json!({"method": "POST", "path": "/orgs/acme/invitations", "status": status, "body": body}))
        .await;
    let disclose = ["--disclose-file", FAST];
    let applied = world.apply(&disclose).await;
    assert_eq!((applied.exit, applied.cause), end, "{applied:?}");
    let summary = &applied.check.summary;
    let lost =
        "**Places in teams that are lost with an invitation**\n- `zoe`: 2 teams that the file does not name";
    assert!(summary.contains(lost), "{summary}");
    assert!(
        summary.contains("give them on GitHub. The platform team can look up all names"),
        "where to find names that are not shown: {summary}"
    );
    assert_eq!(world.invited().await, [""; 0]);
}

/// What was begun is ended, within seconds: between the two requests nothing is lost by being asked to stop.
#[tokio::test]
async fn asked_to_end_it_sends_the_invitation_for_which_it_cancelled_one() {
    let world = World::of(&FILE.replace("carol]", "carol, zzz]")).await;
    let running = world.while_it_is_cancelled().await;
    running.terminate();
    let applied = running.end().output();
    assert_eq!(applied.exit, StepExit::OutOfTime, "{applied:?}");
    assert_eq!((world.invited().await, world.taken().await), (vec![AS_OWNER.to_owned()], sent()));
    assert!(!applied.check.summary.contains("that are lost"), "{applied:?}");
}

/// What an invitation needs is known before another one is cancelled for it.
#[rstest::rstest]
#[case::not_shown_for_a_moment(404, 1, (StepExit::Ok, None), AS_OWNER)]
#[case::not_shown(404, 3, (StepExit::Incomplete, Some(Cause::Transient)), AS_MEMBER)]
#[case::down(502, 3, (StepExit::Incomplete, Some(Cause::Transient)), AS_MEMBER)]
#[tokio::test]
async fn nothing_is_cancelled_for_somebody_who_can_t_be_invited(
    #[case] status: u16,
    #[case] count: usize,
    #[case] end: (StepExit, Option<Cause>),
    #[case] invited: &str,
) {
    let world = World::of(FILE).await;
    let body = json!({"message": "Not Found"});
    world
        .fault(json!({"method": "GET", "path": "/users/zoe", "status": status, "body": body, "count": count}))
        .await;
    let applied = world.apply(&[FAST]).await;
    assert_eq!(world.invited().await, [invited], "{applied:?}");
    assert_eq!((applied.exit, applied.cause), end, "{applied:?}");
    assert!(!applied.check.summary.contains("that are lost"), "{applied:?}");
}

/// Once it is cancelled, a read that fails does not keep the next one from being sent.
#[tokio::test]
async fn it_is_sent_although_github_does_not_answer_reads() {
    let world = World::of(FILE).await;
    let path = "/orgs/acme/memberships/zoe";
    world.fault(json!({"method": "GET", "path": path, "status": 502, "count": 3})).await;
    let applied = world.apply(&[FAST]).await;
    assert_eq!(
        (world.invited().await, world.taken().await),
        (vec![AS_OWNER.to_owned()], sent()),
        "{applied:?}"
    );
    assert_eq!((applied.exit, applied.cause), (StepExit::Ok, None), "{applied:?}");
}

/// The login may be another person's by the time the next one is sent: it is for the person of the one before.
#[tokio::test]
async fn nobody_is_invited_by_having_the_login_of_another() {
    let world = World::of(FILE).await;
    let running = world.while_it_is_cancelled().await;
    let github = &world.bench.github;
    github.call("POST", "/_sim/users/zoe/rename", Some(json!({"to": "zora"}))).await;
    github.call("PUT", "/_sim/users/zoe", Some(json!({}))).await;
    let applied = running.end().output();
    assert_eq!(world.invited().await, [r#""zora" "admin" Core Docs"#], "{applied:?}");
    assert_eq!(applied.exit, StepExit::Incomplete, "{applied:?}");
}

/// A refusal that speaks of a limit is met by the next one, too: what is open stays open.
#[tokio::test]
async fn nobody_elses_invitation_is_cancelled_after_a_refusal_by_the_limit() {
    let fixture = FIXTURE
        .replace(
            "invitations: [{login: zoe, role: member}]",
            "invitations: [{login: zoe, role: member}, {login: zzz, role: member}]",
        )
        .replace("{name: Docs, invitations: [zoe]}", "{name: Docs, invitations: [zoe, zzz]}");
    let world = World::with(&fixture, &FILE.replace("zoe]", "zoe, zzz]")).await;
    let body = json!({"message": "You have exceeded the organization invitation rate limit. Please try again later."});
    world
        .fault(json!({"method": "POST", "path": "/orgs/acme/invitations", "status": 422, "body": body}))
        .await;
    let applied = world.apply(&[FAST]).await;
    assert_eq!(
        (applied.exit, applied.cause),
        (StepExit::Incomplete, Some(Cause::Invitations)),
        "{applied:?}"
    );
    assert_eq!(world.invited().await, [r#""zzz" "member" Docs"#], "{applied:?}");
}

/// A place that it got after the plan was made would go with it, and nobody was shown that.
#[rstest::rstest]
#[case::with_places_that_it_keeps("invitations: [zoe]", "/users/zoe", r#""zoe" "member" Core Docs Late"#)]
#[case::without("invitations: []", "/orgs/acme/invitations/*/teams", r#""zoe" "member" Late"#)]
#[tokio::test]
async fn an_invitation_that_is_to_another_team_now_is_left(
    #[case] places: &str,
    #[case] slow: &str,
    #[case] invited: &str,
) {
    let world = World::with(&FIXTURE.replace("invitations: [zoe]", places), FILE).await;
    let running = world.start_and_wait_for(json!({"method": "GET", "path": slow})).await;
    let mut org = world.bench.github.org(ORG).await;
    org["teams"].as_array_mut().unwrap().push(json!({"name": "Late", "invitations": ["zoe"]}));
    world.bench.github.call("PUT", &format!("/_sim/orgs/{ORG}"), Some(org)).await;
    let applied = running.end().output();
    assert_eq!((applied.exit, applied.cause), (StepExit::Incomplete, Some(Cause::Transient)), "{applied:?}");
    assert_eq!(world.invited().await, [invited]);
    assert_eq!(world.taken().await, []);
}

/// What some server on the way answers is no invitation.
#[tokio::test]
async fn an_answer_that_is_no_invitation_is_not_believed() {
    let world = World::of(FILE).await;
    let page = json!({"method": "POST", "path": "/orgs/acme/invitations", "status": 200, "body": {"message": "hello"}});
    world.fault(json!({"count": 1, "method": page["method"], "path": page["path"], "status": 200, "body": page["body"]})).await;
    let applied = world.apply(&[FAST]).await;
    assert_eq!((applied.exit, applied.cause), (StepExit::Ok, None), "{applied:?}");
    assert_eq!(world.invited().await, [AS_OWNER]);
    let world = World::of(FILE).await;
    world.fault(page).await;
    let applied = world.apply(&[FAST]).await;
    assert_eq!(applied.exit, StepExit::Incomplete, "{applied:?}");
    assert!(applied.check.summary.contains("that are lost with an invitation"), "{applied:?}");
}

/// Who accepts right before the invitation is cancelled has all places.
#[tokio::test]
async fn nothing_is_lost_of_who_has_accepted_meanwhile() {
    let world = World::of(FILE).await;
    let slow = json!({"method": "GET", "path": "/users/zoe"});
    let running = world.start_and_wait_for(slow).await;
    world.bench.github.call("PUT", "/_sim/orgs/acme/invitations/zoe/accept", None).await;
    let applied = running.end().output();
    assert!(!applied.check.summary.contains("are lost"), "{applied:?}");
}

/// An answer that was lost, and a list that shows late what was made.
#[rstest::rstest]
#[case::at_once(1)]
#[case::some_seconds_later(3)]
#[tokio::test]
async fn an_invitation_that_is_shown_late_is_found(#[case] hidden: usize) {
    let world = World::of(FILE).await;
    let path = "/orgs/acme/invitations";
    world.fault(json!({"method": "POST", "path": path, "status": 502, "count": 1, "when": "after"})).await;
    // The plan reads the list, and so does the cancellation.
    world
        .fault(json!({"method": "GET", "path": path, "status": 200, "body": [], "skip": 2, "count": hidden}))
        .await;
    let applied = world.apply(&[FAST]).await;
    assert_eq!((applied.exit, applied.cause), (StepExit::Ok, None), "{applied:?}");
    assert_eq!(applied.check.title, "Applied: 2 of 2. 1 person has yet to accept");
    let faults = world.bench.github.call("GET", "/_sim/faults", None).await;
    assert_eq!((&faults[0]["taken"], &faults[1]["taken"]), (&json!(1), &json!(hidden)));
    assert_eq!(world.invited().await, [AS_OWNER]);
}

/// A team that somebody deletes takes nothing else with it.
#[rstest::rstest]
#[case::before_it_is_cancelled(json!({"method": "PATCH", "path": "/orgs/acme"}))]
#[case::before_the_next_one_is_sent(json!({"method": "DELETE", "path": "/orgs/acme/invitations/*"}))]
#[tokio::test]
async fn a_team_that_is_gone_is_left_out_and_named(#[case] meanwhile: Value) {
    let world = World::of(&FILE.replace("name: Acme", "name: Acme Inc")).await;
    let running = world.start_and_wait_for(meanwhile).await;
    let token = std::fs::read_to_string(world.bench.token().await).unwrap();
    world.bench.github.call_by(token.trim(), "DELETE", "/orgs/acme/teams/docs", None).await;
    let applied = running.end().output();
    assert_eq!(world.invited().await, [r#""zoe" "admin" Core"#], "{applied:?}");
    assert_eq!((applied.exit, applied.cause), (StepExit::Incomplete, Some(Cause::Transient)), "{applied:?}");
    assert!(applied.check.summary.contains("Gone beyond the plan"), "{applied:?}");
    assert!(!applied.check.summary.contains("that are lost"), "{applied:?}");
}

/// It is not cancelled where the hour's limit keeps the next one from being sent.
#[tokio::test]
async fn no_invitation_is_cancelled_before_another_one_may_be_sent() {
    let world = World::of(FILE).await;
    let write = format!("--content-write={:.0}=360", jiff::Timestamp::now());
    let applied = world.apply(&["--time-scale=1", &write]).await;
    assert_eq!(applied.exit, StepExit::RateLimited, "{applied:?}");
    assert_eq!(world.invited().await, [AS_MEMBER]);
}

/// A place that the file takes away goes with the invitation that is cancelled: it is a removal like any other.
#[tokio::test]
async fn a_place_that_an_invitation_sent_anew_does_not_have_is_a_removal() {
    let world = World::of(&with_teams("carol", "zoe")).await;
    let token = world.bench.token().await;
    let managed = "--manage=Org,OrgMembers,Teams,TeamMembers";
    let shown =
        world.bench.plan(&world.sha, &token, &[managed, "--disclose-file", "--salt=preview-1"]).output();
    assert_eq!((shown.exit, shown.removals.len()), (StepExit::Ok, 1), "{shown:?}");
    let lost = "- `-` 1 team member of `Core`: `zoe` (invited)";
    assert!(shown.check.summary.contains(lost), "{shown:?}");
    let apply = |preview: &str| {
        let args = [managed, FAST, "--disclose-file", "--unreviewed-removals=Block", preview];
        world.bench.apply(&world.sha, &token, &args).output()
    };
    let stopped = apply("--shown=another:000000000000");
    assert_eq!(stopped.exit, StepExit::GuardTripped, "{stopped:?}");
    assert_eq!(world.invited().await, [AS_MEMBER]);
    let applied = apply(&format!("--shown=preview-1:{}", shown.removals[0]));
    assert_eq!((applied.exit, applied.cause, applied.reviewed), (StepExit::Ok, None, true), "{applied:?}");
    assert!(applied.check.summary.contains(lost), "{applied:?}");
    assert_eq!(world.invited().await, [r#""zoe" "admin" Docs"#]);
}

#[tokio::test]
async fn places_that_an_invitation_sent_anew_does_not_have_are_counted_by_the_guard() {
    let world = World::of(&with_teams("carol", "")).await;
    let managed = "--manage=Org,OrgMembers,Teams,TeamMembers";
    let stopped = world.bench.apply(&world.sha, &world.bench.token().await, &[managed, FAST]).output();
    assert_eq!(stopped.exit, StepExit::GuardTripped, "{stopped:?}");
    let says = "2 of 3 places in teams would be removed or lowered, and the limit is 1 (25 %).";
    assert!(stopped.check.summary.contains(says), "{stopped:?}");
    assert_eq!(world.invited().await, [AS_MEMBER]);
}
