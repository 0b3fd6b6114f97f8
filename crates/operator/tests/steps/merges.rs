//! `step plan` of a pull request: it is of the merge that will be, whatever GitHub's test merge is of.

use peribolos_vocab::report::{StepExit, StepReport};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::bench::{Bench, ORG};

const FIXTURE: &str = "\
orgs:
  acme:
    settings: {name: Acme, billing_email: billing@acme.example}
    members: {alice: admin, bob: admin, carol: member, dave: member, erin: member}
    teams: []
    repos:
      .github: {visibility: private, files: {README.md: \"x\\n\"}}
    installation: {id: 1234567}
";

/// Only people and settings are compared, and guards have tests of their own.
const ARGS: [&str; 3] = ["--maximum-removal-percent=100", "--manage=Org,OrgMembers", "--disclose-all"];

const FILE: &str = "\
orgs:
  acme:
    name: Acme
    description: one
    company: two
    location: three
    admins:
      - alice
      - bob
    members:
      - carol
      - dave
      - erin
";

/// A GitHub with the file on its branch, and pull requests against it.
struct World {
    bench: Bench,
    token: std::path::PathBuf,
}

impl World {
    async fn start() -> Self {
        let bench = Bench::start(FIXTURE).await;
        bench.github.push(ORG, json!({"peribolos.yaml": FILE})).await;
        let token = bench.token().await;
        Self { bench, token }
    }

    async fn control(&self, path: &str, body: Value) -> Result<Value, String> {
        let path = format!("/_sim/orgs/{ORG}/repos/.github/{path}");
        self.bench.github.try_call("POST", &path, Some(body), None).await
    }

    async fn push(&self, branch: &str, files: Value) -> String {
        let body = json!({"branch": branch, "files": files, "sender": "alice"});
        self.control("push", body).await.unwrap()["sha"].as_str().unwrap().to_owned()
    }

    /// Opens a pull request with these files; its number.
    async fn open(&self, branch: &str, files: Value) -> u64 {
        let body = json!({"title": branch, "branch": branch, "files": files, "sender": "carol"});
        self.control("pulls", body).await.unwrap()["number"].as_u64().unwrap()
    }

    /// The preview of a pull request as it is now.
    async fn preview(&self, branch: &str, number: u64, more: &[&str]) -> StepReport {
        let head = self.bench.branch(branch).await.unwrap();
        let number = number.to_string();
        let args = [&ARGS[..], &["--pull-request", &number, "--salt=run"], more].concat();
        self.bench.plan(&head, &self.token, &args).output()
    }

    /// What a run of this commit would do.
    fn plan(&self, sha: &str) -> StepReport {
        self.bench.plan(sha, &self.token, &ARGS).output()
    }
}

#[tokio::test]
async fn a_preview_is_of_the_base_of_now() {
    let world = World::start().await;
    let first = world.open("first", json!({"peribolos.yaml": FILE.replace("one", "another")})).await;
    let before = world.preview("first", first, &[]).await;
    assert_eq!((before.exit, before.changes.unwrap().planned, before.removals.len()), (StepExit::Ok, 1, 0));
    // GitHub's test merge stays the one with the old base.
    let base = world.push("main", json!({"peribolos.yaml": FILE.replace("      - erin\n", "")})).await;
    let after = world.preview("first", first, &[]).await;
    assert_eq!((after.exit, after.removals.len()), (StepExit::Ok, 1), "{after:?}");
    assert!(after.check.summary.contains("erin"), "{after:?}");
    assert_eq!(after.base.as_deref(), Some(base.as_str()));
    // One that only has what the base had is no removal.
    world.push("main", json!({"peribolos.yaml": FILE})).await;
    let again = world.preview("first", first, &[]).await;
    assert_eq!((again.exit, again.removals.len(), again.changes), (StepExit::Ok, 0, before.changes));
}

#[tokio::test]
async fn a_conflict_with_the_base_of_now_is_a_failure() {
    let world = World::start().await;
    let number = world.open("topic", json!({"peribolos.yaml": FILE.replace("one", "another")})).await;
    world.push("main", json!({"peribolos.yaml": FILE.replace("one", "a third")})).await;
    let output = world.preview("topic", number, &[]).await;
    assert_eq!((output.exit, output.removals.len()), (StepExit::ConfigInvalid, 0), "{output:?}");
    assert!(output.check.summary.contains("conflicts with its base"), "{output:?}");
}

#[tokio::test]
async fn what_is_not_certain_is_a_failure_until_the_branch_is_updated() {
    let world = World::start().await;
    world.push("main", json!({".gitattributes": "*.yaml merge=union\n"})).await;
    let number = world.open("topic", json!({"peribolos.yaml": FILE.replace("one", "another")})).await;
    world.push("main", json!({"peribolos.yaml": FILE.replace("three", "somewhere")})).await;
    let output = world.preview("topic", number, &[]).await;
    assert_eq!((output.exit, output.removals.len()), (StepExit::ConfigInvalid, 0), "{output:?}");
    assert!(output.check.summary.contains(".gitattributes"), "{output:?}");
    assert!(output.check.summary.contains("update the branch"), "{output:?}");
    world.control(&format!("pulls/{number}/update"), json!({})).await.unwrap();
    let output = world.preview("topic", number, &[]).await;
    assert_eq!(output.exit, StepExit::Ok, "GitHub's test merge is of both heads then: {output:?}");
}

/// A macro can be defined in the uppermost directory alone, and is for those below.
#[tokio::test]
async fn an_attribute_by_a_macro_of_the_uppermost_directory_is_not_certain_either() {
    let world = World::start().await;
    let files = json!({"conf/peribolos.yaml": FILE, ".gitattributes": "[attr]mine -merge\n", "conf/.gitattributes": "*.yaml mine\n"});
    world.push("main", files).await;
    let number = world.open("topic", json!({"conf/peribolos.yaml": FILE.replace("one", "another")})).await;
    world.push("main", json!({"conf/peribolos.yaml": FILE.replace("three", "somewhere")})).await;
    let output = world.preview("topic", number, &["--path", "conf/peribolos.yaml"]).await;
    assert_eq!((output.exit, output.removals.len()), (StepExit::ConfigInvalid, 0), "{output:?}");
}

#[tokio::test]
async fn several_merge_bases_are_not_merged_here() {
    let world = World::start().await;
    let one = world.open("one", json!({"peribolos.yaml": FILE.replace("one", "another")})).await;
    let first = world.bench.branch("one").await.unwrap();
    world.push("main", json!({"README.md": "y\n"})).await;
    // Each side merges what the other had before its own merge.
    world.control(&format!("pulls/{one}/update"), json!({})).await.unwrap();
    let token = std::fs::read_to_string(&world.token).unwrap();
    let path = format!("/repos/{ORG}/.github/git/refs");
    let copy = json!({"ref": "refs/heads/copy", "sha": first});
    world.bench.github.call_by(token.trim(), "POST", &path, Some(copy)).await;
    let copy = world.open("copy", json!({})).await;
    world.control(&format!("pulls/{copy}/merge"), json!({})).await.unwrap();
    world.push("main", json!({"README.md": "z\n"})).await;
    let output = world.preview("one", one, &[]).await;
    assert_eq!((output.exit, output.removals.len()), (StepExit::ConfigInvalid, 0), "{output:?}");
    assert!(output.check.summary.contains("more than one common ancestor"), "{output:?}");
}

#[tokio::test]
async fn a_preview_of_another_base_than_it_is_wanted_for_is_none() {
    let world = World::start().await;
    let number = world.open("topic", json!({"peribolos.yaml": FILE.replace("one", "another")})).await;
    let old = world.bench.head().await;
    let same = world.push("main", json!({"README.md": "y\n"})).await;
    let output = world.preview("topic", number, &["--base-sha", &old]).await;
    assert_eq!((output.exit, output.base.as_deref()), (StepExit::Ok, Some(same.as_str())), "{output:?}");
    world.push("main", json!({"peribolos.yaml": FILE.replace("      - erin\n", "")})).await;
    let output = world.preview("topic", number, &["--base-sha", &old]).await;
    assert_eq!((output.exit, output.removals.len()), (StepExit::HeadMoved, 0), "{output:?}");
}

#[tokio::test]
async fn a_pull_request_that_is_directed_at_another_branch_gets_no_preview() {
    let world = World::start().await;
    let number = world.open("topic", json!({"peribolos.yaml": FILE.replace("one", "another")})).await;
    let output = world.preview("topic", number, &["--base-branch", "main"]).await;
    assert_eq!(output.exit, StepExit::Ok, "{output:?}");
    let output = world.preview("topic", number, &["--base-branch", "production"]).await;
    assert_eq!((output.exit, output.removals.len()), (StepExit::Failed, 0), "{output:?}");
    assert!(output.check.summary.contains("directed at main, not at production"), "{output:?}");
}

/// What somebody does in the config repository.
#[derive(Clone, Debug)]
enum Act {
    /// Changes the file on the base (0) or on a pull request's branch.
    Edit(usize, Edit),
    /// Renames the file there, or renames it back.
    Rename(usize),
    /// Opens the pull request of this branch.
    Open(usize, Edit),
    /// Merges the base into the branch.
    Update(usize),
    /// Merges the pull request, in one of GitHub's ways.
    Merge(usize, &'static str),
    /// Brings back the file that the base had first.
    Revert,
}

#[derive(Clone, Debug)]
enum Edit {
    Value(usize, u8),
    Person(usize),
    Remark(prop::sample::Index, u8),
}

const KEYS: [&str; 3] = ["description", "company", "location"];
const PEOPLE: [&str; 3] = ["carol", "dave", "erin"];
const BRANCHES: usize = 2;

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        (0..KEYS.len(), any::<u8>()).prop_map(|(key, value)| Edit::Value(key, value)),
        (0..PEOPLE.len()).prop_map(Edit::Person),
        (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(at, text)| Edit::Remark(at, text)),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let branch = 1..=BRANCHES;
    prop_oneof![
        4 => (0..=BRANCHES, edit()).prop_map(|(at, edit)| Act::Edit(at, edit)),
        1 => (0..=BRANCHES).prop_map(Act::Rename),
        3 => (branch.clone(), edit()).prop_map(|(at, edit)| Act::Open(at, edit)),
        1 => branch.clone().prop_map(Act::Update),
        4 => (branch, prop::sample::select(&["merge", "squash", "rebase"][..]))
            .prop_map(|(at, method)| Act::Merge(at, method)),
        1 => Just(Act::Revert),
    ]
}

fn edited(file: &str, edit: &Edit) -> String {
    let mut lines: Vec<String> = file.lines().map(str::to_owned).collect();
    match edit {
        Edit::Value(key, value) => {
            let key = format!("    {}: ", KEYS[*key]);
            for line in lines.iter_mut().filter(|line| line.starts_with(&key)) {
                *line = format!("{key}v{value}");
            }
        }
        Edit::Person(person) => {
            let line = format!("      - {}", PEOPLE[*person]);
            match lines.iter().position(|there| *there == line) {
                Some(at) => drop(lines.remove(at)),
                None => lines.push(line),
            }
        }
        Edit::Remark(at, text) => lines.insert(at.index(lines.len() + 1), format!("# remark {text}")),
    }
    lines.join("\n") + "\n"
}

/// What has come of the previews of merges.
#[derive(Debug, Default)]
struct Seen {
    merged: usize,
    refused: usize,
    undecided: usize,
}

const PATHS: [&str; 2] = ["peribolos.yaml", "another.yaml"];

/// A history of the repository, with what each branch has.
struct History {
    world: World,
    /// By branch, the base first: the path of the file, and its content. None: the branch is not there.
    files: Vec<Option<(usize, String)>>,
    /// By branch: the number of its open pull request.
    open: Vec<Option<u64>>,
    names: Vec<String>,
}

impl History {
    async fn start() -> Self {
        let world = World::start().await;
        let mut files = vec![None; BRANCHES + 1];
        files[0] = Some((0, FILE.to_owned()));
        Self { world, files, open: vec![None; BRANCHES + 1], names: vec!["main".into(); BRANCHES + 1] }
    }

    async fn write(&mut self, at: usize, file: (usize, String)) {
        let Some((path, _)) = self.files[at].clone() else { return };
        let mut change = json!({});
        change[PATHS[path]] = Value::Null;
        change[PATHS[file.0]] = json!(file.1);
        let body = json!({"branch": self.names[at], "files": change, "sender": "alice"});
        // A commit that changes nothing is refused.
        if self.world.control("push", body).await.is_ok() {
            self.files[at] = Some(file);
        }
    }

    /// Reads what a merge has made of a branch.
    async fn read(&mut self, at: usize) {
        let token = std::fs::read_to_string(&self.world.token).unwrap();
        self.files[at] = None;
        for (number, path) in PATHS.iter().enumerate() {
            let path = format!("/repos/{ORG}/.github/contents/{path}?ref={}", self.names[at]);
            let found = self.world.bench.github.try_call("GET", &path, None, Some(token.trim())).await;
            let Ok(found) = found else { continue };
            let content = found["content"].as_str().unwrap().replace('\n', "");
            let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, content).unwrap();
            self.files[at] = Some((number, String::from_utf8(bytes).unwrap()));
        }
    }

    async fn act(&mut self, number: usize, act: &Act, seen: &mut Seen) {
        match act {
            Act::Edit(at, edit) => {
                let Some((path, file)) = self.files[*at].clone() else { return };
                if *at == 0 || self.open[*at].is_some() {
                    self.write(*at, (path, edited(&file, edit))).await;
                }
            }
            Act::Rename(at) => {
                let Some((path, file)) = self.files[*at].clone() else { return };
                if *at == 0 || self.open[*at].is_some() {
                    self.write(*at, (1 - path, file)).await;
                }
            }
            Act::Revert => {
                let Some((path, _)) = self.files[0].clone() else { return };
                self.write(0, (path, FILE.to_owned())).await;
            }
            Act::Open(at, edit) => {
                let Some((path, file)) = self.files[0].clone() else { return };
                let file = edited(&file, edit);
                if self.open[*at].is_some() || self.files[0] == Some((path, file.clone())) {
                    return;
                }
                self.names[*at] = format!("branch-{at}-{number}");
                let mut files = json!({});
                files[PATHS[path]] = json!(file);
                self.open[*at] = Some(self.world.open(&self.names[*at].clone(), files).await);
                self.files[*at] = Some((path, file));
            }
            Act::Update(at) => {
                let Some(pull) = self.open[*at] else { return };
                if self.world.control(&format!("pulls/{pull}/update"), json!({})).await.is_ok() {
                    self.read(*at).await;
                }
            }
            Act::Merge(at, method) => {
                let Some(pull) = self.open[*at] else { return };
                self.merge(*at, pull, method, seen).await;
            }
        }
    }

    /// Merges a pull request, and holds what its preview said a moment ago against what a run of the merge does.
    async fn merge(&mut self, at: usize, pull: u64, method: &str, seen: &mut Seen) {
        let base = self.world.bench.head().await;
        let preview = self.world.preview(&self.names[at].clone(), pull, &[]).await;
        let body = json!({"method": method, "sender": "alice"});
        let merged = self.world.control(&format!("pulls/{pull}/merge"), body).await;
        let about_the_merge =
            preview.check.title.contains("has to be updated") || preview.check.title.contains("conflicts");
        if preview.exit == StepExit::ConfigInvalid && about_the_merge {
            // The check is red: nobody was shown anything.
            assert!(preview.removals.is_empty());
            seen.undecided += 1;
        } else if let Ok(merged) = &merged {
            let plan = self.world.plan(merged["sha"].as_str().unwrap());
            assert_eq!((preview.exit, &preview.blob), (plan.exit, &plan.blob), "{preview:?}\n{plan:?}");
            assert_eq!(preview.changes, plan.changes);
            assert_eq!(preview.check.title, plan.check.title);
            if preview.blob.is_some() {
                assert_eq!(preview.base, Some(base), "the base of the moment is recorded");
            }
            seen.merged += 1;
        }
        match merged {
            Ok(_) => {
                self.open[at] = None;
                self.read(0).await;
            }
            Err(_) => seen.refused += 1,
        }
    }
}

#[tokio::test]
async fn whatever_was_done_before_a_preview_plans_what_the_merge_then_does() {
    let mut runner = TestRunner::default();
    let cases = (runner.config().cases / 16).max(6);
    let mut seen = Seen::default();
    for _ in 0..cases {
        let acts = proptest::collection::vec(act(), 10..24).new_tree(&mut runner).unwrap().current();
        let mut history = History::start().await;
        for (number, act) in acts.iter().enumerate() {
            history.act(number, act, &mut seen).await;
        }
    }
    println!("{seen:?}");
    assert!(seen.merged > 0 && seen.merged > seen.undecided, "{seen:?}");
}

/// GitHub's sentences name what they are about, and anybody can read a public repository's checks.
#[tokio::test]
async fn what_github_says_of_a_failed_query_names_nothing_that_the_file_does_not_name() {
    let world = World::start().await;
    let errors = json!({"data": null, "errors": [
        {"type": "INTERNAL", "message": "Something went wrong while loading the repository 'acme/embargoed-ghsa-2345-6789-cfgh'"}]});
    let fault = json!({"method": "POST", "path": "/graphql", "status": 200, "body": errors, "count": 1000});
    world.bench.github.call("POST", "/_sim/faults", Some(fault)).await;
    let head = world.bench.head().await;
    let output = world.bench.plan(&head, &world.token, &["--disclose-file"]).output();
    assert_ne!(output.exit, StepExit::Ok);
    let shown = format!("{} {}", output.check.title, output.check.summary);
    assert!(!shown.contains("embargoed"), "{shown}");
}
