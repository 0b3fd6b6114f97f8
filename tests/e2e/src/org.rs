//! An organization of a test's own: on the simulator, and what the operator made of it on the cluster.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::{
    Kind, World,
    wait::{POD, SOON, until},
};

/// Changes of the organization itself, as the simulator's audit names them; pull requests and comments are none.
const CHANGES: [&str; 6] = ["org.", "membership.", "invitation.", "team.", "repo.", "collaborator."];

/// A comment of the App.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its id, which an edit leaves as it is.
    pub id: u64,
    /// Its text.
    pub body: String,
}

impl Comment {
    fn of(comment: &Value) -> Option<Self> {
        Some(Self { id: comment["id"].as_u64()?, body: comment["body"].as_str()?.to_owned() })
    }
}

/// The branch of the onboarding pull request.
pub const ONBOARDING: &str = "peribolos/onboarding";

/// An organization with the owners alice and bob, the member carol, the team Core and the repositories `.github` and `site`.
pub struct Org {
    world: World,
    /// Its login.
    pub login: String,
    /// The repository that has its file.
    repository: String,
    /// How much the simulator's audit held before it.
    audited: usize,
    /// How many faults the simulator had before it.
    faulted: usize,
}

impl Org {
    /// Makes it, on which the App is not installed yet. What an earlier test left of it is removed.
    ///
    /// # Errors
    /// When the simulator or Kubernetes does not answer.
    pub async fn new(world: &World, login: &str) -> Result<Self> {
        let audited = world.sim.get("audit").await?.as_array().map_or(0, Vec::len);
        let faulted = world.sim.get("faults").await?.as_array().map_or(0, Vec::len);
        let (login, repository) = (login.to_owned(), ".github".to_owned());
        let org = Self { world: world.clone(), login, repository, audited, faulted };
        for name in org.installations().await?.iter().filter_map(|i| i["metadata"]["name"].as_str()) {
            world.cluster.delete(crate::OBJECTS, Kind::Installation, name, false).await?;
        }
        until(SOON, "nothing is left of an earlier organization", async || {
            Ok(org.installations().await?.is_empty().then_some(()))
        })
        .await?;
        let path = format!("orgs/{}", org.login);
        if world.sim.get(&path).await.is_ok() {
            world.sim.send("DELETE", &path, &Value::Null).await?;
        }
        org.put(&org.beginning()).await?;
        Ok(org)
    }

    /// The same organization, whose file is in this repository and not in `.github`.
    #[must_use]
    pub fn with_file_in(self, repository: &str) -> Self {
        Self { repository: repository.to_owned(), ..self }
    }

    /// Makes it and adopts it.
    ///
    /// # Errors
    /// As [`Org::adopt`].
    pub async fn adopted(world: &World, login: &str, spec: Value) -> Result<Self> {
        let org = Self::new(world, login).await?;
        org.adopt(spec).await?;
        Ok(org)
    }

    /// Installs the App, unannounced, and makes a person's GitHubInstallation with these fields of a spec, so that there
    /// is no onboarding; waits until that is Ready.
    ///
    /// # Errors
    /// When it is not Ready within a minute.
    pub async fn adopt(&self, mut spec: Value) -> Result<()> {
        let mut state = self.state().await?;
        state["installation"] = json!({});
        self.put(&state).await?;
        spec["installationId"] = self.state().await?["installation"]["id"].clone();
        spec["onboarding"] = json!({"pullRequest": false});
        let object = json!({"metadata": {"name": self.login}, "spec": spec});
        self.world.cluster.create(Kind::Installation, object).await?;
        self.ready().await.map(drop)
    }

    async fn put(&self, state: &Value) -> Result<()> {
        self.world.sim.send("PUT", &format!("orgs/{}", self.login), state).await.map(drop)
    }

    fn beginning(&self) -> Value {
        json!({
            "settings": {"name": self.login, "billing_email": "billing@example.com", "default_repository_permission": "read"},
            "members": {"alice": "admin", "bob": "admin", "carol": "member"},
            "teams": [{
                "name": "Core", "slug": "core", "description": "Keeps the lights on", "privacy": "closed",
                "members": {"alice": "maintainer", "carol": "member"}, "repos": {"site": "admin"},
            }],
            "repos": {
                ".github": {"visibility": "private", "default_branch": "main", "files": {"README.md": "About us\n"}},
                "site": {"visibility": "public", "default_branch": "main", "files": {"index.html": "Hello\n"}},
            },
        })
    }

    /// The configuration that says what is there, with these members besides carol.
    pub fn file(&self, members: &[&str]) -> String {
        let mut text = format!(
            "orgs:\n  {login}:\n    name: {login}\n    billing_email: billing@example.com\n    default_repository_permission: read\n    \
             has_organization_projects: true\n    has_repository_projects: true\n    members_can_create_repositories: true\n    \
             admins: [alice, bob]\n    members:\n    - carol\n",
            login = self.login,
        );
        for member in members {
            // Writing to a String can't fail.
            let _ = writeln!(text, "    - {member}");
        }
        text + "    teams:\n      Core:\n        description: Keeps the lights on\n        privacy: closed\n        \
                maintainers: [alice]\n        members: [carol]\n        repos: {site: admin}\n"
    }

    /// Makes people exist, so that they can be invited.
    ///
    /// # Errors
    /// When the simulator does not answer.
    pub async fn people(&self, logins: &[&str]) -> Result<()> {
        for login in logins {
            self.world.sim.send("PUT", &format!("users/{login}"), &Value::Null).await?;
        }
        Ok(())
    }

    /// Pushes the configuration in alice's name; the commit.
    ///
    /// # Errors
    /// When the simulator does not answer.
    pub async fn push(&self, text: &str) -> Result<String> {
        self.push_to("main", text).await
    }

    /// Pushes the configuration to a branch in alice's name; the commit.
    ///
    /// # Errors
    /// When the simulator does not answer.
    pub async fn push_to(&self, branch: &str, text: &str) -> Result<String> {
        let body = json!({"branch": branch, "files": {"peribolos.yaml": text}, "message": "Change", "sender": "alice"});
        let pushed = self.did("POST", &self.of_repository("push"), &body).await?;
        pushed["sha"].as_str().map(str::to_owned).context("the push has no commit")
    }

    /// Below the repository that has the file.
    fn of_repository(&self, path: &str) -> String {
        format!("repos/{}/{path}", self.repository)
    }

    /// Does something to the organization: `/_sim/orgs/LOGIN/{path}`.
    ///
    /// # Errors
    /// When the simulator does not answer with success.
    pub async fn did(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        self.world.sim.send(method, &format!("orgs/{}/{path}", self.login), body).await
    }

    /// Its whole state on the simulator.
    ///
    /// # Errors
    /// When the simulator does not answer.
    pub async fn state(&self) -> Result<Value> {
        self.world.sim.get(&format!("orgs/{}", self.login)).await
    }

    /// What the App changed about the organization, in order.
    ///
    /// # Errors
    /// When the simulator does not answer.
    pub async fn changes(&self) -> Result<Vec<String>> {
        let audit = self.world.sim.get("audit").await?;
        let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let ours = |entry: &&Value| {
            text(entry, "actor").ends_with("[bot]")
                && text(entry, "target").split('/').nth(1) == Some(&self.login)
                && CHANGES.iter().any(|prefix| text(entry, "action").starts_with(prefix))
        };
        let entries = audit.as_array().into_iter().flatten().skip(self.audited).filter(ours);
        Ok(entries.map(|entry| format!("{} {}", text(entry, "action"), text(entry, "target"))).collect())
    }

    /// Those who are members or invited, but for the three of the beginning; sorted.
    ///
    /// # Errors
    /// When the simulator does not answer.
    pub async fn newcomers(&self) -> Result<Vec<String>> {
        let state = self.state().await?;
        let members = state["members"].as_object().into_iter().flatten().map(|(login, _)| login.clone());
        let invited = state["invitations"].as_array().into_iter().flatten();
        let invited = invited.filter_map(|i| i["login"].as_str()).map(str::to_owned);
        let mut all: Vec<_> = members.chain(invited).collect();
        all.retain(|login| !["alice", "bob", "carol"].contains(&login.as_str()));
        all.sort();
        Ok(all)
    }

    /// Opens a pull request with the configuration; its number and its head.
    ///
    /// # Errors
    /// When the simulator does not answer.
    pub async fn propose(&self, text: &str, branch: &str, sender: &str) -> Result<(u64, String)> {
        let files = json!({"peribolos.yaml": text});
        let body = json!({"title": "Change", "branch": branch, "files": files, "sender": sender});
        let pull = self.did("POST", &self.of_repository("pulls"), &body).await?;
        let head = pull["head"]["sha"].as_str().context("the pull request has no head")?;
        Ok((pull["number"].as_u64().context("the pull request has no number")?, head.to_owned()))
    }

    /// Merges a pull request in alice's name; the commit.
    ///
    /// # Errors
    /// When the simulator does not answer.
    pub async fn merge(&self, number: u64) -> Result<String> {
        let path = self.of_repository(&format!("pulls/{number}/merge"));
        let merged = self.did("POST", &path, &json!({"sender": "alice"})).await?;
        merged["sha"].as_str().map(str::to_owned).context("the merge has no commit")
    }

    /// Comments on an issue or pull request of the config repository.
    ///
    /// # Errors
    /// When the simulator does not answer.
    pub async fn comment(&self, number: u64, body: &str, sender: &str) -> Result<Value> {
        let path = self.of_repository(&format!("issues/{number}/comments"));
        self.did("POST", &path, &json!({"body": body, "sender": sender})).await
    }

    /// Waits for the onboarding pull request.
    ///
    /// # Errors
    /// When it is not open within [`POD`].
    pub async fn onboarding(&self) -> Result<Value> {
        until(POD, "the onboarding pull request is open", async || {
            Ok(self.state().await?["pulls"].as_array().and_then(|pulls| pulls.first().cloned()))
        })
        .await
    }

    /// The App's comments on a pull request, oldest first.
    ///
    /// # Errors
    /// When the simulator does not answer, or there is no such pull request.
    pub async fn comments(&self, number: u64) -> Result<Vec<Comment>> {
        let state = self.state().await?;
        let is_it = |pull: &&Value| pull["number"] == number && pull["repo"] == self.repository.as_str();
        let pull = state["pulls"].as_array().into_iter().flatten().find(is_it);
        let comments = pull.context("there is no such pull request")?["comments"].as_array().cloned();
        let by_app =
            |comment: &&Value| comment["author"].as_str().is_some_and(|author| author.ends_with("[bot]"));
        let comments = comments.unwrap_or_default();
        Ok(comments.iter().filter(by_app).filter_map(Comment::of).collect())
    }

    /// Waits until the one comment with the preview of a pull request is of this head; the comment.
    ///
    /// # Errors
    /// When it is not within [`POD`], or the App has written another comment there.
    pub async fn preview_comment(&self, number: u64, head: &str) -> Result<Comment> {
        let commit = format!("commit `{}`", &head[..7]);
        let comments = until(POD, &format!("the preview on #{number} is of {}", &head[..7]), async || {
            let comments = self.comments(number).await?;
            Ok(comments.iter().any(|comment| comment.body.contains(&commit)).then_some(comments))
        })
        .await?;
        let [comment] = comments.as_slice() else { bail!("not one comment: {comments:#?}") };
        ensure!(comment.body.contains("<!-- peribolos-preview "), "it is no preview: {comment:#?}");
        Ok(comment.clone())
    }

    /// Waits until everything is done that follows from an Apply; the one comment with its result on the pull request that it
    /// applied.
    ///
    /// # Errors
    /// When it is not within a minute, or the App has written more than this and the preview there.
    pub async fn result_comment(&self, number: u64, sha: &str) -> Result<Comment> {
        until(SOON, &format!("all is done that follows from {}", &sha[..7]), async || {
            let run = self.apply_of(sha).await?.context("no Apply")?;
            Ok((run["metadata"]["labels"]["peribolos.dev/ended"] == "true").then_some(()))
        })
        .await?;
        let comments = self.comments(number).await?;
        let [preview, result] = comments.as_slice() else { bail!("not two comments: {comments:#?}") };
        ensure!(preview.body.contains("<!-- peribolos-preview "), "it is no preview: {preview:#?}");
        ensure!(result.body.contains("<!-- peribolos-result "), "it is no result: {result:#?}");
        Ok(result.clone())
    }

    /// Changes its state on GitHub by hand.
    ///
    /// # Errors
    /// When the simulator does not answer.
    pub async fn by_hand(&self, change: impl Fn(&mut Value)) -> Result<()> {
        let mut state = self.state().await?;
        change(&mut state);
        self.put(&state).await
    }

    /// The checks of that name on a commit, oldest first.
    ///
    /// # Errors
    /// When the simulator does not answer.
    pub async fn checks(&self, sha: &str, name: &str) -> Result<Vec<Value>> {
        let mut checks = self.state().await?["checks"].as_array().cloned().unwrap_or_default();
        checks.retain(|check| check["head_sha"] == sha && check["name"] == name);
        Ok(checks)
    }

    /// Waits until a commit's newest check is completed; it, and its conclusion.
    ///
    /// # Errors
    /// When it is not within [`POD`].
    pub async fn concluded(&self, sha: &str) -> Result<(String, Value)> {
        self.completed(sha, "peribolos").await
    }

    /// Waits until the newest preview of a head is completed; its check, and its conclusion.
    ///
    /// # Errors
    /// When it is not within [`POD`].
    pub async fn previewed(&self, head: &str) -> Result<(String, Value)> {
        self.completed(head, "peribolos / preview").await
    }

    async fn completed(&self, sha: &str, name: &str) -> Result<(String, Value)> {
        until(POD, &format!("the check {name} of {} is completed", &sha[..7]), async || {
            let check = self.checks(sha, name).await?.pop().filter(|check| check["status"] == "completed");
            Ok(check.map(|check| (check["conclusion"].as_str().unwrap_or_default().to_owned(), check)))
        })
        .await
    }

    /// Its GitHubInstallations: one, or none.
    ///
    /// # Errors
    /// When Kubernetes does not answer.
    pub async fn installations(&self) -> Result<Vec<Value>> {
        let mut all = self.world.cluster.list(Kind::Installation, "").await?;
        let made = format!("{}-", self.login);
        all.retain(|object| {
            let name = object["metadata"]["name"].as_str().unwrap_or_default();
            name == self.login || name.strip_prefix(&made).is_some_and(|id| id.parse::<u64>().is_ok())
        });
        Ok(all)
    }

    /// Its GitHubInstallation.
    ///
    /// # Errors
    /// When there is none, or two.
    pub async fn installation(&self) -> Result<Value> {
        let mut all = self.installations().await?;
        ensure!(all.len() == 1, "{} has {} GitHubInstallations", self.login, all.len());
        all.pop().context("no GitHubInstallation")
    }

    /// Waits until its GitHubInstallation is Ready; the object's name.
    ///
    /// # Errors
    /// When it is not within a minute.
    pub async fn ready(&self) -> Result<String> {
        until(SOON, &format!("{} is Ready", self.login), async || {
            let object = self.installation().await?;
            let conditions = object["status"]["conditions"].as_array().cloned().unwrap_or_default();
            let ready = conditions.iter().any(|c| c["type"] == "Ready" && c["status"] == "True");
            Ok(object["metadata"]["name"].as_str().filter(|_| ready).map(str::to_owned))
        })
        .await
    }

    /// Its token, as its own Secret has it now, and when that expires.
    ///
    /// # Errors
    /// When there is no such Secret.
    pub async fn token(&self) -> Result<(String, jiff::Timestamp)> {
        let name = self.installation().await?["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let secret = self.world.cluster.get(Kind::Secret, &format!("{name}-token")).await?;
        let data = secret.context("there is no token Secret")?["data"].clone();
        Ok((crate::secrets::decoded(&data["token"])?, crate::secrets::decoded(&data["expires-at"])?.parse()?))
    }

    /// Its runs, oldest first.
    ///
    /// # Errors
    /// When Kubernetes does not answer.
    pub async fn runs(&self) -> Result<Vec<Value>> {
        let name = self.installation().await?["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let mut runs = self.world.cluster.list(Kind::Run, "").await?;
        runs.retain(|run| run["spec"]["installationRef"]["name"] == name.as_str());
        runs.sort_by_key(|run| {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            (text(&run["metadata"]["creationTimestamp"]), text(&run["spec"]["trigger"]["at"]))
        });
        Ok(runs)
    }

    /// The newest Apply of a commit, if there is one.
    ///
    /// # Errors
    /// When Kubernetes does not answer.
    pub async fn apply_of(&self, sha: &str) -> Result<Option<Value>> {
        let mut runs = self.runs().await?;
        runs.retain(|run| {
            run["spec"]["mode"] == "Apply"
                && (run["status"]["sha"] == sha || run["spec"]["source"]["sha"] == sha)
        });
        Ok(runs.pop())
    }

    /// Waits until the Apply of a commit has this phase; the run.
    ///
    /// # Errors
    /// When it has not within [`POD`].
    pub async fn apply_is(&self, sha: &str, phase: &str) -> Result<Value> {
        let found = until(POD, &format!("the Apply of {} is {phase}", &sha[..7]), async || {
            Ok(self.apply_of(sha).await?.filter(|run| run["status"]["phase"] == phase))
        })
        .await;
        match found {
            Ok(run) => Ok(run),
            Err(error) => Err(error.context(format!("the runs are {:#}", json!(self.runs().await?)))),
        }
    }

    /// Waits until a commit is being applied: the step has sent a request that a delay of the test's holds back; the run.
    ///
    /// # Errors
    /// When it is not within [`POD`].
    pub async fn applying(&self, sha: &str) -> Result<Value> {
        until(POD, &format!("{} is being applied", &sha[..7]), async || {
            let ours = format!("/orgs/{}/", self.login);
            let faults = self.world.sim.get("faults").await?;
            let holds_back = |fault: &Value| {
                fault["taken"] != 0 && fault["path"].as_str().is_some_and(|path| path.starts_with(&ours))
            };
            let held_back = faults.as_array().into_iter().flatten().skip(self.faulted).any(holds_back);
            Ok(self.apply_of(sha).await?.filter(|run| held_back && run["status"]["phase"] == "Running"))
        })
        .await
    }

    /// Waits until no run has the installation's slot.
    ///
    /// # Errors
    /// When one has it for a minute.
    pub async fn slot_is_free(&self) -> Result<()> {
        until(SOON, "the slot is free", async || {
            Ok(self.installation().await?["status"]["activeRun"].is_null().then_some(()))
        })
        .await
    }
}
