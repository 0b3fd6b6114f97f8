//! GitHub's limits: at its own pace an apply meets none of them, and where they are tighter it waits and ends well.

use std::fmt::Write as _;

use jiff::Timestamp;
use peribolos_vocab::report::{Changes, StepExit, StepReport};
use serde_json::{Value, json};

use crate::bench::{Bench, ORG};

/// Which waits are long enough for a test, and how much faster an hour passes for the simulator, too.
const FAST: &str = "--time-scale=200";

/// An organization with so many members, teams, repositories, and people who are not in it yet.
struct Size {
    members: usize,
    teams: usize,
    repos: usize,
    strangers: usize,
}

fn names(of: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{of}{number}")).collect()
}

impl Size {
    /// Nobody is in a team, and no team reaches a repository.
    fn fixture(&self) -> String {
        let users = names("new", self.strangers).join(", ");
        let mut yaml = format!("users: [{users}]\norgs:\n  acme:\n    id: 9001\n");
        let settings = "    settings: {name: Acme, billing_email: b@acme.example, default_repository_permission: none}\n";
        yaml.push_str(settings);
        yaml.push_str("    members: {alice: admin, bob: admin");
        for member in names("m", self.members) {
            let _ = write!(yaml, ", {member}: member");
        }
        let teams = names("t", self.teams).iter().map(|team| format!("{{name: {team}}}")).collect::<Vec<_>>();
        let _ = writeln!(yaml, "}}\n    teams: [{}]", teams.join(", "));
        yaml.push_str("    repos:\n      .github: {visibility: private, files: {README.md: hello}}\n");
        for repo in names("r", self.repos) {
            let _ = writeln!(yaml, "      {repo}: {{visibility: private, files: {{README.md: hello}}}}");
        }
        yaml + "    installation: {id: 1234567}\n"
    }

    /// Everybody is in every team, every repository gets a description, each team reaches one, and all others are invited.
    fn file(&self) -> String {
        let members = names("m", self.members).join(", ");
        let all = [names("m", self.members), names("new", self.strangers)].concat().join(", ");
        let mut yaml = format!("orgs:\n  acme:\n    admins: [alice, bob]\n    members: [{all}]\n");
        if self.teams > 0 {
            yaml.push_str("    teams:\n");
        }
        for (number, team) in names("t", self.teams).iter().enumerate() {
            let repo = number % self.repos.max(1);
            let repos = if self.repos == 0 { String::new() } else { format!("r{repo}: write") };
            let _ = writeln!(yaml, "      {team}: {{members: [{members}], repos: {{{repos}}}}}");
        }
        yaml.push_str("    repos:\n      .github: {}\n");
        for repo in names("r", self.repos) {
            let _ = writeln!(yaml, "      {repo}: {{description: Of {repo}}}");
        }
        yaml
    }

    fn operations(&self) -> u32 {
        let access = if self.repos == 0 { 0 } else { self.teams };
        u32::try_from(self.members * self.teams + access + self.repos + self.strangers).unwrap()
    }

    /// What an apply of the file ends with where nothing is left: the invited have to accept.
    fn done(&self) -> Changes {
        let (planned, remaining) = (self.operations(), u32::try_from(self.strangers).unwrap());
        Changes { planned, applied: Some(planned), failed: 0, remaining }
    }
}

struct World {
    bench: Bench,
    sha: String,
}

impl World {
    async fn of(size: &Size, simulator: &[&str]) -> Self {
        let bench = Bench::start_with(&size.fixture(), simulator).await;
        let sha = bench.github.push(ORG, json!({"peribolos.yaml": size.file()})).await;
        bench.github.call("DELETE", "/_sim/requests", None).await;
        Self { bench, sha }
    }

    async fn apply(&self, args: &[String]) -> StepReport {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        self.bench.apply(&self.sha, &self.bench.token().await, &args).output()
    }

    async fn requests(&self) -> Vec<Value> {
        let log = self.bench.github.call("GET", "/_sim/requests", None).await;
        let all = log.as_array().unwrap().iter();
        all.filter(|request| request["actor"] == "installation").cloned().collect()
    }

    /// The requests that were answered by a limit. Only groups of an identity provider are refused for another reason: the
    /// organization has none.
    async fn limited(&self) -> Vec<Value> {
        let is_limited = |request: &Value| {
            (request["status"] == 403 || request["status"] == 429)
                && !request["path"].as_str().unwrap().contains("/team-sync/")
        };
        self.requests().await.into_iter().filter(is_limited).collect()
    }

    /// Goes on, with what each attempt reports, until one ends otherwise than by a limit: its report, and how many there
    /// were.
    async fn apply_in_attempts(&self) -> (StepReport, usize) {
        let mut args = vec![FAST.to_owned()];
        for attempt in 1..=20 {
            let report = self.apply(&args).await;
            if report.exit != StepExit::RateLimited {
                return (report, attempt);
            }
            let until = report.until.expect("a limited attempt says when to go on");
            let left = until.duration_since(Timestamp::now());
            // The controller starts the next attempt then.
            tokio::time::sleep(left.try_into().unwrap_or_default()).await;
            args.truncate(1);
            let writes = report.content_writes.iter();
            args.extend(writes.map(|write| format!("--content-write={}={}", write.at, write.count)));
        }
        panic!("twenty attempts, and no end");
    }
}

#[tokio::test]
async fn two_thousand_operations_meet_no_limit() {
    let size = Size { members: 45, teams: 40, repos: 120, strangers: 40 };
    assert_eq!(size.operations(), 2_000);
    let world = World::of(&size, &["--secondary-limits=strict", FAST]).await;
    let applied = world.apply(&[FAST.to_owned()]).await;
    assert_eq!((applied.exit, applied.changes), (StepExit::Ok, Some(size.done())), "{applied:?}");
    assert_eq!(world.limited().await, [] as [Value; 0]);
}

#[tokio::test]
async fn limits_that_are_tighter_than_the_pace_are_waited_out() {
    let size = Size { members: 30, teams: 2, repos: 0, strangers: 10 };
    // A third of the pace, and five invitations a minute.
    let world = World::of(&size, &["--secondary-limits=points=100,content-minute=5", FAST]).await;
    let (applied, _) = world.apply_in_attempts().await;
    assert_eq!(applied.exit, StepExit::Ok, "{applied:?}");
    assert!(!world.limited().await.is_empty(), "these limits are met");
    let org = world.bench.github.org(ORG).await;
    assert_eq!(org["invitations"].as_array().unwrap().len(), 10, "{org}");
    assert_eq!(org["teams"][1]["members"].as_object().unwrap().len(), 30, "{org}");
}

#[tokio::test]
async fn more_invitations_than_an_hour_takes_go_on_in_another_attempt() {
    let size = Size { members: 1, teams: 0, repos: 0, strangers: 400 };
    let world = World::of(&size, &["--secondary-limits=strict", FAST]).await;
    let (applied, attempts) = world.apply_in_attempts().await;
    assert_eq!(applied.exit, StepExit::Ok, "{applied:?}");
    assert!(attempts > 1, "360 an hour are fewer than 400");
    let org = world.bench.github.org(ORG).await;
    assert_eq!(org["invitations"].as_array().unwrap().len(), 400);
    assert_eq!(world.limited().await, [] as [Value; 0], "later attempts count on from the earlier ones");
}

#[tokio::test]
async fn writes_start_a_second_apart() {
    let size = Size { members: 18, teams: 2, repos: 12, strangers: 10 };
    assert_eq!(size.operations(), 60);
    let world = World::of(&size, &["--secondary-limits=strict"]).await;
    let applied = world.apply(&["--time-scale=1".to_owned()]).await;
    assert_eq!((applied.exit, applied.changes), (StepExit::Ok, Some(size.done())), "{applied:?}");
    assert_eq!(world.limited().await, [] as [Value; 0]);
    let requests = world.requests().await.into_iter();
    let writes = requests.filter(|request| request["method"] != "GET" && request["path"] != "/graphql");
    let at: Vec<Timestamp> =
        writes.map(|request| request["time"].as_str().unwrap().parse().unwrap()).collect();
    assert_eq!(at.len(), 60, "each operation is one request");
    // The simulator's times are whole seconds: of three writes in a row, at most two are in the same one.
    for three in at.windows(3) {
        assert!(three[2] > three[0], "{at:?}");
    }
    assert!(at[59].duration_since(at[0]).as_secs() >= 58, "{at:?}");
}
