//! Writes what was decided, for the receiver and the healer alike. Each write is idempotent: what failed half-way is
//! finished by the next attempt.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::{
    Api, Client, Resource, ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams, PostParams, Preconditions, VersionMatch},
};
use peribolos_api::{
    GitHubInstallation, GitHubInstallationSpec, PeribolosRun,
    names::{
        ANNOTATION_RECHECK, CREATED_BY_OPERATOR, LABEL_CREATED_BY, LABEL_ENDED, LABEL_INSTALLATION,
        LABEL_MODE, LABEL_PULL_REQUEST, LABEL_SHA, TRUE,
    },
    run::Mode,
};
use peribolos_core::{
    event::{Action, NewRun, Rerequest, RunEntry},
    ownership::made_by_operator,
    run::{
        check,
        facts::is_labelled_ended,
        source::{PreviewOf, preview_of},
        state::phase,
    },
};
use serde::Serialize;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::kubernetes::{
    client::{CallError, call},
    write::{patch_by, post_by},
};

/// One custom resource, and what was done to it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Persisted {
    /// `plural/name`
    pub resource: String,
    /// What was done.
    pub result: Outcome,
}

/// What was done to a custom resource, in ascending order of significance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It does not exist.
    Absent,
    /// It was already in this state.
    Exists,
    /// It was changed.
    Updated,
    /// It was deleted.
    Deleted,
    /// It was made.
    Created,
}

impl Outcome {
    /// The outcome's name, as in answers and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Exists => "exists",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
            Self::Created => "created",
        }
    }
}

/// The result of ensuring a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ensured {
    /// It was made.
    Created,
    /// It existed, and has not ended.
    Exists,
    /// It existed, and has ended.
    Ended,
}

/// How many lists of a commit's runs are under way at once.
const LISTINGS: usize = 5;
/// How often the deletion of an installation is tried if it changes meanwhile.
const DELETIONS: usize = 5;

/// Writes to the namespace of installations.
#[derive(Clone)]
pub struct Writer {
    manager: &'static str,
    installations: Api<GitHubInstallation>,
    runs: Api<PeribolosRun>,
    listings: Arc<Semaphore>,
}

impl Writer {
    /// A writer to this namespace with this field manager.
    pub fn new(client: Client, namespace: &str, manager: &'static str) -> Self {
        Self {
            manager,
            installations: Api::namespaced(client.clone(), namespace),
            runs: Api::namespaced(client, namespace),
            listings: Arc::new(Semaphore::new(LISTINGS)),
        }
    }

    /// Carries out all actions in order, and returns the outcome for each object. `cause` is the delivery's id, or a similar one.
    ///
    /// # Errors
    /// The first write that fails; those after it are not tried.
    pub async fn perform(&self, actions: Vec<Action>, cause: &str) -> Result<Vec<Persisted>, CallError> {
        let mut done = Vec::new();
        let mut owner_uid = None;
        for action in actions {
            match action {
                Action::CreateInstallation { name, spec } => {
                    let made = self.create_installation(&name, *spec).await?;
                    done.push(installation(&name, outcome_of(made.is_some())));
                    owner_uid = made;
                }
                Action::CreateRun(run) => {
                    let name = run.name.clone();
                    let made = self.create_run(*run, owner_uid.clone()).await?;
                    done.push(persisted::<PeribolosRun>(&name, outcome_of(made)));
                }
                Action::RunAgain(rerequest) => done.extend(self.run_again(&rerequest).await?),
                Action::DeleteInstallation { name, uid } => {
                    let outcome = self.delete_installation(&name, &uid).await?;
                    done.push(installation(&name, outcome));
                }
                Action::Recheck { name } => {
                    let outcome = self.recheck(&name, cause).await?;
                    done.push(installation(&name, outcome));
                }
                Action::CancelPreviews { installation, pull_request, closed_at } => {
                    let label = format!(",{LABEL_PULL_REQUEST}={pull_request}");
                    let is_older = |run: &PeribolosRun| {
                        let at: Option<Timestamp> = run.spec.trigger.at.parse().ok();
                        at.zip(closed_at).is_none_or(|(at, closed_at)| at <= closed_at)
                    };
                    done.extend(self.cancel_previews(&installation, &label, is_older).await?);
                }
                Action::CancelMergeGroup { installation, git_ref } => {
                    let is_its = |run: &PeribolosRun| run.spec.source.git_ref == git_ref;
                    done.extend(self.cancel_previews(&installation, "", is_its).await?);
                }
            }
        }
        Ok(done)
    }

    /// The uid of the new object; `None`: one of that name existed.
    async fn create_installation(
        &self,
        name: &str,
        spec: GitHubInstallationSpec,
    ) -> kube::Result<Option<String>> {
        let labels = BTreeMap::from([(LABEL_CREATED_BY.to_owned(), CREATED_BY_OPERATOR.to_owned())]);
        let metadata =
            ObjectMeta { name: Some(name.to_owned()), labels: Some(labels), ..ObjectMeta::default() };
        let object = GitHubInstallation { metadata, spec, status: None };
        Ok(created(self.installations.create(&self.post(), &object).await)?
            .and_then(|object| object.metadata.uid))
    }

    /// Whether it is new. A run whose installation's uid is not known gets its owner from the controller.
    async fn create_run(&self, run: NewRun, made: Option<String>) -> kube::Result<bool> {
        let installation = run.spec.installation_ref.name.clone();
        let owner = run.owner_uid.or(made).map(|uid| OwnerReference {
            api_version: GitHubInstallation::api_version(&()).into_owned(),
            kind: GitHubInstallation::kind(&()).into_owned(),
            name: installation,
            uid,
            controller: Some(true),
            block_owner_deletion: None,
        });
        let metadata = ObjectMeta {
            name: Some(run.name),
            labels: Some(run.labels),
            annotations: Some(run.annotations).filter(|annotations| !annotations.is_empty()),
            owner_references: owner.map(|owner| vec![owner]),
            ..ObjectMeta::default()
        };
        let mut object = PeribolosRun { metadata, spec: run.spec, status: None };
        object.metadata.finalizers = Some(check::finalizers(&object));
        Ok(created(self.runs.create(&self.post(), &object).await)?.is_some())
    }

    /// Ensures a run. An existing one of that name belongs to the same installation.
    ///
    /// # Errors
    /// When the API server does not do it, or the name is taken by a run of another owner.
    pub async fn ensure_run(&self, run: NewRun) -> Result<Ensured, CallError> {
        let (name, owner) = (run.name.clone(), run.owner_uid.clone());
        if call(self.create_run(run, None)).await? {
            return Ok(Ensured::Created);
        }
        let Some(there) = call(self.runs.get_opt(&name)).await? else {
            return Err(CallError::Taken(name));
        };
        let is_ours = there.owner_references().iter().any(|reference| Some(&reference.uid) == owner.as_ref());
        if !is_ours {
            return Err(CallError::Taken(name));
        }
        let has_ended = is_labelled_ended(&there) || phase(&there).is_final();
        Ok(if has_ended { Ensured::Ended } else { Ensured::Exists })
    }

    /// Creates the runs of re-requested checks. The commit's runs have ended and are in no watch, so they are listed: from the API
    /// server's cache, and few at a time.
    async fn run_again(&self, rerequest: &Rerequest) -> Result<Vec<Persisted>, CallError> {
        let Ok(_listing) = self.listings.try_acquire() else { return Err(CallError::Busy) };
        let labels = format!("{LABEL_INSTALLATION}={},{LABEL_SHA}={}", rerequest.installation, rerequest.sha);
        let params = ListParams {
            version_match: Some(VersionMatch::NotOlderThan),
            resource_version: Some("0".to_owned()),
            ..ListParams::default().labels(&labels)
        };
        let of_commit = self.runs.list(&params).await?;
        let entries: Vec<RunEntry> = of_commit.iter().filter_map(entry).collect();
        let mut done = Vec::new();
        for run in rerequest.runs(&entries) {
            let name = run.name.clone();
            let made = self.create_run(run, None).await?;
            done.push(persisted::<PeribolosRun>(&name, outcome_of(made)));
        }
        Ok(done)
    }

    /// Deletes the operator's own object of that uid, if it has not changed: an object that people have taken over meanwhile is
    /// kept.
    async fn delete_installation(&self, name: &str, uid: &str) -> kube::Result<Outcome> {
        let mut tries = DELETIONS;
        loop {
            let there = self.installations.get_opt(name).await?;
            let ours = there.filter(|there| there.uid().as_deref() == Some(uid) && made_by_operator(there));
            let Some(there) = ours else { return Ok(Outcome::Absent) };
            let preconditions =
                Preconditions { uid: there.uid(), resource_version: there.resource_version() };
            let params = DeleteParams { preconditions: Some(preconditions), ..DeleteParams::background() };
            tries -= 1;
            match self.installations.delete(name, &params).await {
                Ok(_) => return Ok(Outcome::Deleted),
                Err(kube::Error::Api(status)) if status.is_not_found() => return Ok(Outcome::Absent),
                // It has changed since.
                Err(kube::Error::Api(status)) if status.is_conflict() && tries > 0 => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Requests a refresh of the installation from GitHub. This is harmless at any time, so the write has no precondition.
    async fn recheck(&self, name: &str, cause: &str) -> kube::Result<Outcome> {
        let patch = json!({ "metadata": { "annotations": { ANNOTATION_RECHECK: cause } } });
        match self.installations.patch_metadata(name, &self.manager(), &Patch::Merge(patch)).await {
            Ok(_) => Ok(Outcome::Updated),
            Err(kube::Error::Api(status)) if status.code == 404 => Ok(Outcome::Absent),
            Err(error) => Err(error),
        }
    }

    /// Cancels the unfinished previews. They are listed from Kubernetes, because the index does not have the state of runs.
    async fn cancel_previews(
        &self,
        installation: &str,
        label: &str,
        is_meant: impl Fn(&PeribolosRun) -> bool,
    ) -> kube::Result<Vec<Persisted>> {
        let mode = Mode::DryRun.label();
        let labels =
            format!("{LABEL_INSTALLATION}={installation},{LABEL_MODE}={mode},{LABEL_ENDED}!={TRUE}{label}");
        let mut done = Vec::new();
        for run in self.runs.list(&ListParams::default().labels(&labels)).await? {
            if is_meant(&run) && !phase(&run).is_final() {
                let name = run.name_any();
                let outcome = if run.spec.cancel { Outcome::Exists } else { self.cancel(&run).await? };
                done.push(persisted::<PeribolosRun>(&name, outcome));
            }
        }
        Ok(done)
    }

    /// Cancels exactly this run: another one of its name may be for something else.
    async fn cancel(&self, run: &PeribolosRun) -> kube::Result<Outcome> {
        let patch = Patch::Merge(json!({ "metadata": { "uid": run.uid() }, "spec": { "cancel": true } }));
        match self.runs.patch_metadata(&run.name_any(), &self.manager(), &patch).await {
            Ok(_) => Ok(Outcome::Updated),
            Err(kube::Error::Api(status)) if status.is_not_found() || status.is_conflict() => {
                Ok(Outcome::Absent)
            }
            Err(error) => Err(error),
        }
    }

    fn post(&self) -> PostParams {
        post_by(self.manager)
    }

    fn manager(&self) -> PatchParams {
        patch_by(self.manager)
    }
}

/// What a run was about. None: it has no label with its mode, so no check can belong to it.
fn entry(run: &PeribolosRun) -> Option<RunEntry> {
    let labels = run.labels();
    let mode = labels.get(LABEL_MODE)?;
    Some(RunEntry {
        uid: run.uid()?,
        mode: Mode::of_label(mode)?,
        pull_request: labels.get(LABEL_PULL_REQUEST).and_then(|text| text.parse().ok()),
        merge_group: match preview_of(&run.spec) {
            Some(PreviewOf::MergeGroup(git_ref)) => Some(git_ref.to_owned()),
            Some(PreviewOf::PullRequest(_)) | None => None,
        },
    })
}

/// The new object; `None`: it already existed.
fn created<T>(answer: kube::Result<T>) -> kube::Result<Option<T>> {
    match answer {
        Ok(object) => Ok(Some(object)),
        Err(kube::Error::Api(status)) if status.is_already_exists() => Ok(None),
        Err(error) => Err(error),
    }
}

fn outcome_of(is_new: bool) -> Outcome {
    if is_new { Outcome::Created } else { Outcome::Exists }
}

fn installation(name: &str, result: Outcome) -> Persisted {
    persisted::<GitHubInstallation>(name, result)
}

fn persisted<K: Resource<DynamicType = ()>>(name: &str, result: Outcome) -> Persisted {
    Persisted { resource: format!("{}/{name}", K::plural(&())), result }
}

#[cfg(test)]
mod tests {
    use std::{collections::VecDeque, sync::Mutex};

    use http::Method;
    use kube::client::Body;
    use peribolos_api::run::Source;
    use peribolos_core::event::run_labels;
    use serde_json::Value;

    use super::*;

    /// What an API server was sent.
    type Sent = Arc<Mutex<Vec<(Method, Value)>>>;

    /// An API server that gives these answers, one after another, and keeps what it was sent.
    fn writer(answers: Vec<(u16, Value)>) -> (Writer, Sent) {
        let sent = Arc::new(Mutex::new(Vec::new()));
        let (record, answers) = (sent.clone(), Arc::new(Mutex::new(VecDeque::from(answers))));
        let server = tower::service_fn(move |request: http::Request<Body>| {
            let (record, answers) = (record.clone(), answers.clone());
            async move {
                let method = request.method().clone();
                let body = request.into_body().collect_bytes().await?;
                record.lock().unwrap().push((method, serde_json::from_slice(&body).unwrap_or_default()));
                let (status, answer) = answers.lock().unwrap().pop_front().expect("an answer is left");
                let answer =
                    http::Response::builder().status(status).body(Body::from(serde_json::to_vec(&answer)?));
                Ok::<_, tower::BoxError>(answer?)
            }
        });
        (Writer::new(Client::new(server, "ns"), "ns", "test"), sent)
    }

    fn conflict() -> (u16, Value) {
        (409, json!({"status": "Failure", "code": 409, "reason": "Conflict", "message": "it has changed"}))
    }

    fn acme(version: &str, labels: &Value) -> (u16, Value) {
        let metadata = json!({"name": "acme-1", "uid": "u", "resourceVersion": version, "labels": labels});
        let spec = json!({"installationId": 1});
        let kind = json!({"apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation"});
        let mut object = json!({"metadata": metadata, "spec": spec});
        object.as_object_mut().unwrap().extend(kind.as_object().unwrap().clone());
        (200, object)
    }

    fn deletion() -> Vec<Action> {
        vec![Action::DeleteInstallation { name: "acme-1".into(), uid: "u".into() }]
    }

    #[tokio::test]
    async fn an_installation_is_deleted_as_it_was_read() {
        let ours = json!({"peribolos.dev/created-by": "operator"});
        let answers = vec![acme("7", &ours), conflict(), acme("8", &ours), acme("8", &ours)];
        let (writer, sent) = writer(answers);
        let done = writer.perform(deletion(), "d").await.unwrap();
        assert_eq!(done, [installation("acme-1", Outcome::Deleted)]);
        let sent = sent.lock().unwrap();
        let deletes = sent.iter().filter(|(method, _)| *method == Method::DELETE);
        let preconditions: Vec<Value> = deletes.map(|(_, body)| body["preconditions"].clone()).collect();
        let expected = ["7", "8"].map(|version| json!({"uid": "u", "resourceVersion": version}));
        assert_eq!(preconditions, expected);
    }

    #[rstest::rstest]
    #[case::of_people(acme("7", &json!({})))]
    #[case::deleted((404, json!({"status": "Failure", "code": 404, "reason": "NotFound", "message": ""})))]
    #[tokio::test]
    async fn an_installation_that_is_not_the_operators_any_more_stays(#[case] read: (u16, Value)) {
        let (writer, sent) = writer(vec![read]);
        let done = writer.perform(deletion(), "d").await.unwrap();
        assert_eq!(done, [installation("acme-1", Outcome::Absent)]);
        assert_eq!(sent.lock().unwrap().len(), 1, "nothing is deleted");
    }

    #[rstest::rstest]
    #[case::that_very_run((200, json!({"metadata": {"name": "r"}})), Outcome::Updated)]
    #[case::another_one_of_its_name(conflict(), Outcome::Absent)]
    #[tokio::test]
    async fn a_preview_is_cancelled_by_its_uid(#[case] answer: (u16, Value), #[case] outcome: Outcome) {
        let run = json!({"apiVersion": "peribolos.dev/v1alpha1", "kind": "PeribolosRun",
            "metadata": {"name": "r", "uid": "u"},
            "spec": {"installationRef": {"name": "acme-1"}, "mode": "DryRun"}});
        let list = json!({"apiVersion": "peribolos.dev/v1alpha1", "kind": "PeribolosRunList",
            "metadata": {}, "items": [run]});
        let (writer, sent) = writer(vec![(200, list), answer]);
        let cancel =
            Action::CancelPreviews { installation: "acme-1".into(), pull_request: 7, closed_at: None };
        let done = writer.perform(vec![cancel], "d").await.unwrap();
        assert_eq!(done, [persisted::<PeribolosRun>("r", outcome)]);
        let expected = json!({"metadata": {"uid": "u"}, "spec": {"cancel": true}});
        assert_eq!(sent.lock().unwrap()[1], (Method::PATCH, expected));
    }

    #[test]
    fn a_run_is_known_by_the_labels_it_was_made_with() {
        let source = Source { sha: "abc".into(), pull_request: Some(7), ..Source::default() };
        let labels = run_labels("acme-1", Mode::DryRun, &source);
        let spec = json!({"installationRef": {"name": "acme-1"}, "mode": "DryRun", "source": source});
        let mut run: PeribolosRun = serde_json::from_value(
            json!({"metadata": {"name": "x", "uid": "u", "labels": labels}, "spec": spec}),
        )
        .unwrap();
        let known =
            RunEntry { uid: "u".into(), mode: Mode::DryRun, pull_request: Some(7), merge_group: None };
        assert_eq!(entry(&run), Some(known));
        run.metadata.labels = None;
        assert_eq!(entry(&run), None);
    }
}
