//! What is shown is what happens: `step plan`, then upstream peribolos, then `step verify`, as a pod runs them.

use peribolos_core::step_output::{Changes, StepExit, StepOutput};
use serde_json::{Value, json};

use crate::bench::{Bench, ORG};
use crate::round_trip::apply;

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

struct Pod {
    bench: Bench,
    /// The commits before the push.
    earlier: Vec<String>,
    sha: String,
    before: usize,
}

impl Pod {
    /// A pod for a push of this file.
    async fn of(file: &str) -> Self {
        Self::after(&[], file).await
    }

    /// A pod for a push of this file after pushes of others.
    async fn after(others: &[&str], file: &str) -> Self {
        let bench = Bench::start(FIXTURE).await;
        let mut earlier = Vec::new();
        for other in others {
            earlier.push(bench.github.push(ORG, json!({"peribolos.yaml": other})).await);
        }
        let sha = bench.github.push(ORG, json!({"peribolos.yaml": file})).await;
        let before = bench.changes().await.len();
        Self { bench, earlier, sha, before }
    }

    async fn plan(&self, more: &[&str]) -> StepOutput {
        let planned = format!("--planned={}", self.bench.path("plan.json").display());
        let delta = format!("--removal-delta={}", self.bench.path("delta").display());
        let results = format!("--results-dir={}", self.bench.path("").display());
        let mut args = vec![planned.as_str(), &delta, &results, "--disclose-file"];
        args.extend(more);
        self.bench.plan(&self.sha, &self.bench.token().await, &args).output()
    }

    async fn apply(&self) {
        let delta = std::fs::read_to_string(self.bench.path("delta")).unwrap();
        let token = self.bench.token().await;
        apply(&self.bench, &self.bench.path("settled.yaml"), &token, &delta);
    }

    async fn verify(&self) -> StepOutput {
        self.bench.verify(&self.sha, &self.bench.token().await).output()
    }

    /// What was changed on GitHub since the push.
    async fn changes(&self) -> Vec<Value> {
        self.bench.changes().await.split_off(self.before)
    }
}

fn changes(planned: u32, applied: Option<u32>, remaining: u32) -> Changes {
    Changes { planned, applied, remaining }
}

#[tokio::test]
async fn what_is_planned_is_applied_and_found() {
    let file = FILE
        .replace("frank]", "frank, zoe]")
        .replace("name: Acme", "name: Acme Inc")
        .replace(", dan], repos", "], repos");
    let pod = Pod::of(&file).await;
    let planned = pod.plan(&[]).await;
    assert_eq!((planned.exit, planned.changes), (StepExit::Ok, Some(changes(3, None, 3))), "{planned:?}");
    assert!(planned.check.summary.contains("zoe") && planned.check.title.contains("+ 1"), "{planned:?}");
    assert_eq!(pod.changes().await, [] as [Value; 0], "a plan changes nothing");
    pod.apply().await;
    assert_eq!(pod.changes().await.len(), 3);
    let verified = pod.verify().await;
    assert_eq!(
        (verified.exit, verified.changes),
        (StepExit::Ok, Some(changes(3, Some(3), 0))),
        "{verified:?}"
    );
    let result = |name: &str| std::fs::read_to_string(pod.bench.path(name)).unwrap();
    assert_eq!(
        (result("planned"), result("applied"), result("remaining")),
        ("3".into(), "3".into(), "0".into())
    );
}

#[tokio::test]
async fn nothing_to_do_is_said() {
    let pod = Pod::of(FILE).await;
    let planned = pod.plan(&[]).await;
    assert_eq!(planned.changes, Some(changes(0, None, 0)), "{planned:?}");
    pod.apply().await;
    assert_eq!(pod.changes().await, [] as [Value; 0]);
    let verified = pod.verify().await;
    assert_eq!(verified.changes, Some(changes(0, Some(0), 0)), "{verified:?}");
    assert_eq!(verified.check.title, "Nothing to change");
}

#[tokio::test]
async fn what_was_not_done_is_named() {
    let pod = Pod::of(&FILE.replace("frank]", "frank, zoe]")).await;
    pod.plan(&[]).await;
    // Upstream was stopped before its first write.
    let verified = pod.verify().await;
    assert_eq!(
        (verified.exit, verified.changes),
        (StepExit::Ok, Some(changes(1, Some(0), 1))),
        "{verified:?}"
    );
    assert!(
        verified.check.summary.contains("Not done") && verified.check.summary.contains("zoe"),
        "{verified:?}"
    );
}

#[tokio::test]
async fn what_takes_two_applies_is_known_and_then_done() {
    let nested = "      Core:\n        privacy: closed\n        members: [carol, dan]\n        repos: {site: write}\n        teams:\n";
    let file = |description: &str| {
        let below = format!(
            "          Below: {{description: {description}, privacy: closed, members: [dan], repos: {{}}}}\n"
        );
        FILE.replace(
            "      Core: {members: [carol, dan], repos: {site: write}}\n",
            &format!("{nested}{below}"),
        )
    };
    let mut pod = Pod::of(&file("one")).await;
    pod.plan(&[]).await;
    pod.apply().await;
    assert!(!pod.verify().await.again, "a new team is put in its place at once");
    pod.sha = pod.bench.github.push(ORG, json!({"peribolos.yaml": file("two")})).await;
    pod.plan(&[]).await;
    assert!(!pod.verify().await.again, "nothing is applied yet");
    pod.apply().await;
    let verified = pod.verify().await;
    assert_eq!((verified.again, verified.changes), (true, Some(changes(1, Some(1), 1))), "{verified:?}");
    assert!(verified.check.summary.contains("another apply follows by itself"), "{verified:?}");
    pod.plan(&[]).await;
    pod.apply().await;
    let verified = pod.verify().await;
    assert_eq!((verified.again, verified.changes), (false, Some(changes(1, Some(1), 0))), "{verified:?}");
}

/// Upstream goes through teams in any order: it may find dan in Core by Below, or look when that has gone.
#[tokio::test]
async fn who_was_in_a_team_by_one_that_leaves_it_is_put_back() {
    let nested = "      Core:\n        privacy: closed\n        members: [carol, dan]\n        repos: {site: write}\n        teams:\n          \
                  Below: {privacy: closed, members: [dan], repos: {}}\n";
    let core = "      Core: {privacy: closed, members: [carol, dan], repos: {site: write}}\n";
    let below = "      Below: {privacy: closed, members: [dan], repos: {}}\n";
    let of = |teams: &str| FILE.replace("      Core: {members: [carol, dan], repos: {site: write}}\n", teams);
    let mut pod = Pod::of(&of(nested).replace(
        "Core:\n        privacy: closed\n        members: [carol, dan]",
        "Core:\n        privacy: closed\n        members: [carol]",
    ))
    .await;
    pod.plan(&["--maximum-removal-percent=100"]).await;
    pod.apply().await;
    pod.sha = pod.bench.github.push(ORG, json!({"peribolos.yaml": of(&format!("{below}{core}"))})).await;
    pod.plan(&[]).await;
    pod.apply().await;
    let first = pod.verify().await;
    let remaining = first.changes.map(|changes| changes.remaining);
    assert_eq!(first.again, remaining > Some(0), "{first:?}");
    pod.plan(&[]).await;
    pod.apply().await;
    let second = pod.verify().await;
    assert_eq!(second.changes.map(|changes| changes.remaining), Some(0), "{second:?}");
}

#[tokio::test]
async fn what_is_gone_beyond_the_plan_is_an_error() {
    let pod = Pod::of(&FILE.replace("frank]", "frank, zoe]")).await;
    pod.plan(&[]).await;
    pod.apply().await;
    let mut org = pod.bench.github.org(ORG).await;
    org["members"].as_object_mut().unwrap().remove("dan");
    pod.bench.github.call("PUT", &format!("/_sim/orgs/{ORG}"), Some(org)).await;
    let verified = pod.verify().await;
    assert_eq!(verified.exit, StepExit::Failed, "{verified:?}");
    assert!(verified.check.summary.contains("`dan` is no member any more"), "{verified:?}");
}

#[rstest::rstest]
#[case::too_many_members(FILE.replace(", erin, frank", "").replace("[erin]", "[]"), "spec.guards.maximumRemovalPercent")]
#[case::too_few_owners(FILE.replace("alice, bob", "alice").replace("[carol", "[bob, carol"), "admins")]
#[case::archiving(FILE.replace("site: {vis", "site: {archived: true, vis"), "spec.run.allow")]
#[case::publishing(FILE.replace("visibility: private", "visibility: public"), "spec.run.allow")]
#[tokio::test]
async fn a_tripped_guard_says_how_to_raise_it_and_writes_nothing(#[case] file: String, #[case] says: &str) {
    let pod = Pod::of(&file).await;
    let planned = pod.plan(&[]).await;
    assert_eq!(planned.exit, StepExit::GuardTripped, "{planned:?}");
    assert!(planned.check.summary.contains(says), "{planned:?}");
    assert!(!pod.bench.path("settled.yaml").exists(), "upstream gets nothing to apply");
    assert_eq!(pod.changes().await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_removal_that_no_preview_showed_stops_it() {
    let before = FILE.replace("name: Acme", "name: ACME");
    let without_dan = |file: &str| file.replace("members: [carol, dan], repos", "members: [carol], repos");
    let pod = Pod::after(&[&before, &without_dan(&before)], &without_dan(FILE)).await;
    let [first, second] = pod.earlier.as_slice() else { panic!("{:?}", pod.earlier) };
    let direct = |before: &str, after: &str| format!("--commit=direct:{before}..{after}");
    let (brought, not_brought) = (direct(first, &pod.sha), direct(second, &pod.sha));
    let (first_of_all, after_what) = (direct("", &pod.sha), format!("--applied={second}"));
    let shown = pod.plan(&["--salt=preview-1"]).await;
    assert_eq!((shown.exit, shown.removals.len()), (StepExit::Ok, 1), "{shown:?}");
    let preview = format!("--shown=preview-1:{}", shown.removals[0]);
    for (rule, more, exit) in [
        ("Block", &[][..], StepExit::GuardTripped),
        ("Block", &[preview.as_str()], StepExit::Ok),
        ("Block", &["--shown=another:000000000000"], StepExit::GuardTripped),
        ("Block", &[brought.as_str()], StepExit::Ok),
        ("Block", &[not_brought.as_str()], StepExit::GuardTripped),
        ("Block", &[not_brought.as_str(), &brought], StepExit::Ok),
        ("Block", &[first_of_all.as_str()], StepExit::Ok),
        ("Block", &[first_of_all.as_str(), &after_what], StepExit::GuardTripped),
        ("Require", &[brought.as_str()], StepExit::GuardTripped),
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
}

#[tokio::test]
async fn the_last_check_still_says_what_no_preview_showed() {
    let pod = Pod::of(&FILE.replace("members: [carol, dan], repos", "members: [carol], repos")).await;
    let planned = pod.plan(&["--unreviewed-removals=Warn"]).await;
    let warning = "No preview showed these removals, and they are applied:\n- `-` 1 team member";
    assert!(planned.check.summary.contains(warning), "{planned:?}");
    pod.apply().await;
    let verified = pod.verify().await;
    let told = "No preview had shown these removals:\n- `-` 1 team member";
    assert!(verified.exit == StepExit::Ok && verified.check.summary.contains(told), "{verified:?}");
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
}
