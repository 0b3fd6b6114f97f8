//! Every call of the App and of its conversation with people, once.

use crate::client::{
    Annotation, AnnotationLevel, CheckConclusion, CheckOutput, CheckRunId, CheckRunUpdate, CheckStatus,
    IssueFilter, IssueUpdate, MemberRole, NewCheckRun, NewPull, NewRepository, PullFilter, PullState,
    PutFile, Reaction, TreeEntry,
};
use crate::{App, Client, Error, FullName, InstallationId, Sha, TokenScope};

pub(super) async fn as_app(app: &App) -> Result<(), Error> {
    let scope = TokenScope {
        repositories: Some(vec!["a".into()]),
        permissions: Some([("contents".into(), "read".into())].into()),
        ..TokenScope::default()
    };
    app.get_app().await?;
    assert!(!app.list_installations().await?.is_empty());
    app.get_installation(InstallationId(1)).await?;
    app.mint(InstallationId(1), &scope).await?;
    assert!(!app.deliveries(None).await?.items.is_empty());
    app.redeliver(1).await
}

pub(super) async fn organization(client: &Client) -> Result<(), Error> {
    let org = "github".parse().unwrap();
    assert!(!client.list_members(&org, MemberRole::Admin).await?.is_empty());
    assert!(client.membership(&org, &"ada".parse().unwrap()).await?.is_some());
    assert!(!client.list_org_repos(&org).await?.is_empty());
    let new =
        NewRepository { name: ".github".into(), private: true, description: String::new(), auto_init: false };
    client.create_org_repo(&org, &new).await?;
    client.rate_limit().await.map(drop)
}

fn repo() -> FullName {
    "github/.github".parse().unwrap()
}

fn sha() -> Sha {
    "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c".parse().unwrap()
}

pub(super) async fn repository(client: &Client) -> Result<(), Error> {
    let (repo, sha) = (repo(), sha());
    client.get_repo(&repo).await?;
    let found = client.file(&repo, "a/b.yaml", "main", None).await?;
    assert!(matches!(found, crate::FileAnswer::Found { .. }), "{found:?}");
    client.raw_file(&repo, "a/b.yaml", &sha).await?;
    let file = PutFile { path: "a", content: b"b", message: "m", branch: Some("main"), replaces: Some(&sha) };
    client.put_file(&repo, &file).await?;
    client.get_pull(&repo, 1).await?;
    let filter = PullFilter { head: Some("a:b"), base: Some("main"), state: Some(PullState::Open) };
    assert!(!client.list_pulls(&repo, &filter).await?.is_empty());
    client.create_pull(&repo, &NewPull { title: "t", body: "b", head: "h", base: "main" }).await?;
    assert!(client.compare(&repo, &sha, &sha).await?.is_some());
    assert!(client.fork(&repo, &sha, &sha).await?.is_some());
    assert!(client.is_ancestor(&repo, &sha, &sha).await?.is_some());
    assert!(client.commits_touching(&repo, "a/b.yaml", &sha).await?.is_some_and(|found| !found.is_empty()));
    client.pulls_closed_since(&repo, jiff::Timestamp::UNIX_EPOCH).await?;
    assert!(!client.pull_files(&repo, 1).await?.is_empty());
    client.pulls_for_commit(&repo, &sha).await.map(drop)
}

pub(super) async fn git(client: &Client) -> Result<(), Error> {
    let (repo, sha) = (repo(), sha());
    assert!(client.branch_head(&repo, "feature/a").await?.is_some());
    client.create_ref(&repo, "heads/a", &sha).await?;
    client.update_ref(&repo, "heads/feature/a", &sha, false).await?;
    client.get_commit(&repo, &sha).await?;
    assert!(client.tree(&repo, &sha).await?.is_some());
    client.create_blob(&repo, b"a").await?;
    let entry = TreeEntry { path: "a".into(), blob: None };
    client.create_tree(&repo, Some(&sha), &[entry]).await?;
    client.create_commit(&repo, "m", &sha, std::slice::from_ref(&sha)).await.map(drop)
}

pub(super) async fn conversation(client: &Client) -> Result<(), Error> {
    let repo = repo();
    let annotation = Annotation {
        path: "a".into(),
        start_line: 1,
        end_line: 1,
        start_column: Some(1),
        end_column: Some(2),
        annotation_level: AnnotationLevel::Warning,
        message: "m".into(),
        title: "t".into(),
    };
    let output = CheckOutput {
        title: "t".into(),
        summary: "s".into(),
        text: Some("t".into()),
        annotations: vec![annotation],
    };
    let state = CheckRunUpdate {
        status: Some(CheckStatus::Completed),
        conclusion: Some(CheckConclusion::Success),
        details_url: Some("https://x".into()),
        started_at: Some(jiff::Timestamp::UNIX_EPOCH),
        completed_at: Some(jiff::Timestamp::UNIX_EPOCH),
        output: Some(output),
    };
    client.update_check_run(&repo, CheckRunId(1), &state).await?;
    let new = NewCheckRun { name: "n".into(), head_sha: sha(), external_id: "e".into(), state };
    client.create_check_run(&repo, &new).await?;
    assert!(!client.find_check_runs(&repo, &sha(), crate::AppId(1), "n").await?.is_empty());
    client.create_issue(&repo, "t", "b").await?;
    client.list_issues(&repo, &IssueFilter { state: None, creator: Some("a") }).await?;
    client.update_issue(&repo, 1, &IssueUpdate { title: Some("t"), ..IssueUpdate::default() }).await?;
    client.create_comment(&repo, 1, "b").await?;
    client.get_comment(&repo, 1).await?;
    client.update_comment(&repo, 1, "b").await?;
    client.delete_comment(&repo, 1).await?;
    assert!(!client.list_comments(&repo, 1).await?.is_empty());
    client.create_reaction(&repo, 1, Reaction::Eyes).await
}
