//! What our own checks on a branch say is read as GitHub keeps it.

use peribolos_github::client::{CheckOutput, CheckRunUpdate, CheckStatus, MAX_CHECKED, NewCheckRun, PutFile};
use peribolos_github::{AppId, FullName, Sha};
use peribolos_vocab::CheckConclusion;

use crate::world::World;

const PLAIN: &str = "
    id: 9001
    members: {alice: admin}
    repos: {.github: {visibility: private, files: {peribolos.yaml: 'orgs: {}'}}, empty: {visibility: private, files: {}}}
    installation: {id: 1}
";
const APP: AppId = AppId(42);

fn repo(name: &str) -> FullName {
    format!("acme/{name}").parse().unwrap()
}

/// Puts another file beside the config file and gives the commit.
async fn commit(world: &World, name: &str) -> Sha {
    let file = PutFile { path: name, content: b"x", message: "m", branch: None, replaces: None };
    world.client.put_file(&repo(".github"), &file).await.unwrap();
    world.client.branch_head(&repo(".github"), "main").await.unwrap().unwrap()
}

async fn check(world: &World, sha: &Sha, name: &str, conclusion: Option<CheckConclusion>, text: &str) {
    let output = CheckOutput {
        title: "Done".into(),
        summary: "s".into(),
        text: Some(text.to_owned()),
        annotations: Vec::new(),
    };
    let status = Some(if conclusion.is_some() { CheckStatus::Completed } else { CheckStatus::InProgress });
    let state = CheckRunUpdate { status, conclusion, output: Some(output), ..CheckRunUpdate::default() };
    let new = NewCheckRun { name: name.into(), head_sha: sha.clone(), external_id: text.into(), state };
    world.client.create_check_run(&repo(".github"), &new).await.unwrap();
}

#[tokio::test]
async fn the_newest_commits_of_a_branch_have_their_file_and_their_checks() {
    let world = World::start(PLAIN, &[]).await;
    let github = &world.client;
    let first = github.branch_head(&repo(".github"), "main").await.unwrap().unwrap();
    check(&world, &first, "peribolos", Some(CheckConclusion::Failure), "one").await;
    check(&world, &first, "peribolos", Some(CheckConclusion::Success), "two").await;
    check(&world, &first, "peribolos / preview", Some(CheckConclusion::Success), "preview").await;
    let second = commit(&world, "more").await;
    check(&world, &second, "peribolos", None, "three").await;

    let place = ("main", "peribolos.yaml");
    let before = world.asked();
    let commits = github.checked_commits(&repo(".github"), place, APP, "peribolos").await.unwrap().unwrap();
    assert_eq!(world.asked(), before + 1);
    let seen: Vec<_> = commits.iter().map(|commit| (&commit.sha, commit.checks.len())).collect();
    assert_eq!(seen, [(&second, 1), (&first, 2)]);
    assert!(commits[0].blob.is_some() && commits[0].blob == commits[1].blob);
    let of_first: Vec<_> =
        commits[1].checks.iter().map(|it| (it.external_id.as_str(), it.conclusion)).collect();
    assert_eq!(of_first, [("one", Some(CheckConclusion::Failure)), ("two", Some(CheckConclusion::Success))]);
    let two = &commits[1].checks[1];
    assert_eq!((two.output.title.as_deref(), two.output.text.as_deref()), (Some("Done"), Some("two")));
    assert!(two.completed_at.is_some() && commits[0].checks[0].completed_at.is_none());
    let by_rest = github.find_check_runs(&repo(".github"), &first, APP, "peribolos").await.unwrap();
    assert!(by_rest.iter().any(|it| it.output == two.output && it.completed_at == two.completed_at));

    let others = github.checked_commits(&repo(".github"), ("main", "no-file"), AppId(7), "peribolos").await;
    assert!(others.unwrap().unwrap().iter().all(|it| it.blob.is_none() && it.checks.is_empty()));
    for (name, branch) in [(".github", "gone"), ("empty", "main"), ("nowhere", "main")] {
        let found = github.checked_commits(&repo(name), (branch, "peribolos.yaml"), APP, "peribolos").await;
        assert_eq!(found.unwrap(), None, "{name} {branch}");
    }
}

#[tokio::test]
async fn what_is_too_much_at_once_is_read_in_parts() {
    // A commit with its suite and check are three nodes.
    let world = World::start(PLAIN, &["--graphql-nodes", "8"]).await;
    for number in 0..5 {
        let sha = commit(&world, &format!("file-{number}")).await;
        check(&world, &sha, "peribolos", Some(CheckConclusion::Success), &number.to_string()).await;
    }
    let place = ("main", "peribolos.yaml");
    let commits = world.client.checked_commits(&repo(".github"), place, APP, "peribolos").await;
    let commits = commits.unwrap().unwrap();
    let texts: Vec<_> = commits.iter().flat_map(|it| &it.checks).map(|it| it.external_id.as_str()).collect();
    assert_eq!((commits.len(), texts), (6, vec!["4", "3", "2", "1", "0"]));
    assert!(commits.len() <= MAX_CHECKED);
}
