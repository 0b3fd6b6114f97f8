//! The TaskRun of an attempt.

use std::collections::BTreeMap;

use kube::{Resource, ResourceExt, api::ObjectMeta};
use peribolos_api::{GitHubInstallation, PeribolosRun, names as labels, run::Mode};
use peribolos_core::{
    names::{self, RunToken},
    run::step::{TaskRunPlan, Token},
};
use peribolos_github::FullName;

use super::RunContext;
use crate::{
    controller::TaskPods,
    kubernetes::tekton::{
        CANCELLED, KeyPath, Param, ParamValue, SecretSource, TaskRef, TaskRun, TaskRunSpec, WorkspaceBinding,
    },
};

/// Builds the TaskRun. Nothing but a Secret's `token` key is mounted, and no service account's token.
pub(super) fn build(at: RunContext<'_>, plan: &TaskRunPlan, repository: &FullName) -> TaskRun {
    let RunContext { run, installation, ctx, .. } = at;
    task_run(run, installation, &ctx.task_pods, plan, repository)
}

fn task_run(
    run: &PeribolosRun,
    installation: &GitHubInstallation,
    pods: &TaskPods,
    plan: &TaskRunPlan,
    repository: &FullName,
) -> TaskRun {
    let spec = &installation.spec;
    let text =
        |name: &str, value: &str| Param { name: name.to_owned(), value: ParamValue::Text(value.to_owned()) };
    let mut params = vec![
        text("login", repository.owner.as_str()),
        text("repository", &repository.to_string()),
        text("path", &spec.config.path),
        text("sha", &plan.sha),
        Param { name: "args".to_owned(), value: ParamValue::List(plan.args.clone()) },
    ];
    if let Some(number) = run.spec.source.pull_request {
        params.push(text("pullRequest", &number.to_string()));
    }
    let installation_name = installation.name_any();
    let token = match plan.token {
        Token::Own => names::token_secret(&installation_name, &spec.token.secret_name),
        Token::Lesser(kind) => kind.secret(&installation_name),
    };
    let mut workspaces = vec![bind("token", token)];
    if run.spec.mode == Mode::Dump {
        workspaces.push(bind("write-token", RunToken::Dump.secret(&installation_name)));
    }
    TaskRun {
        metadata: metadata(run, &installation_name, &plan.name),
        spec: TaskRunSpec {
            params,
            task_ref: Some(task_ref(run, installation)),
            service_account_name: pods.service_account(&spec.run.service_account_name),
            timeout: Some(go_duration(spec.run.timeout.get())),
            pod_template: Some(pods.template()),
            workspaces,
            ..TaskRunSpec::default()
        },
        status: None,
    }
}

/// A TaskRun that is created as cancelled: Tekton creates no pod for it, and its name is taken.
pub(super) fn closed(at: RunContext<'_>, name: &str) -> TaskRun {
    let RunContext { run, installation, .. } = at;
    TaskRun {
        metadata: ObjectMeta {
            annotations: Some(BTreeMap::from([(
                labels::ANNOTATION_CLOSED.to_owned(),
                labels::TRUE.to_owned(),
            )])),
            ..metadata(run, &installation.name_any(), name)
        },
        spec: TaskRunSpec {
            task_ref: Some(task_ref(run, installation)),
            status: Some(CANCELLED.to_owned()),
            status_message: Some("its attempt was given up before it was made".to_owned()),
            ..TaskRunSpec::default()
        },
        status: None,
    }
}

fn metadata(run: &PeribolosRun, installation: &str, name: &str) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.to_owned()),
        namespace: run.namespace(),
        labels: Some(BTreeMap::from([
            (labels::LABEL_MANAGED_BY.to_owned(), labels::MANAGER.to_owned()),
            (labels::LABEL_INSTALLATION.to_owned(), installation.to_owned()),
            (labels::LABEL_MODE.to_owned(), run.spec.mode.label()),
        ])),
        owner_references: run.controller_owner_ref(&()).map(|owner| vec![owner]),
        ..ObjectMeta::default()
    }
}

fn task_ref(run: &PeribolosRun, installation: &GitHubInstallation) -> TaskRef {
    TaskRef { name: names::task(run.spec.mode, &installation.spec.run.task_ref), kind: "Task".to_owned() }
}

fn bind(workspace: &str, secret_name: String) -> WorkspaceBinding {
    let items = vec![KeyPath { key: "token".to_owned(), path: "token".to_owned() }];
    WorkspaceBinding { name: workspace.to_owned(), secret: Some(SecretSource { secret_name, items }) }
}

/// A duration in the form in which Tekton returns it, so that a comparison finds no change.
fn go_duration(duration: std::time::Duration) -> String {
    let seconds = duration.as_secs();
    format!("{}h{}m{}s", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use peribolos_core::run::outcome::Engine;

    use super::*;
    use crate::controller::run::gather::engine;
    use serde_json::{Value, json};

    fn made(mode: &str, installation: Value, token: Token) -> Value {
        let run: PeribolosRun = serde_json::from_value(json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "PeribolosRun",
            "metadata": {"name": "acme-1-0123456789", "namespace": "ns", "uid": "run-uid"},
            "spec": {"installationRef": {"name": "acme-1"}, "mode": mode},
        }))
        .unwrap();
        let installation: GitHubInstallation = serde_json::from_value(json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation",
            "metadata": {"name": "acme-1", "namespace": "ns", "uid": "uid"}, "spec": installation,
        }))
        .unwrap();
        let plan = TaskRunPlan {
            name: "acme-1-0123456789-1".into(),
            sha: "abc".into(),
            token,
            args: vec!["--manage=Org".into()],
        };
        serde_json::to_value(task_run(
            &run,
            &installation,
            &TaskPods::default(),
            &plan,
            &"Acme/.github".parse().unwrap(),
        ))
        .unwrap()
    }

    #[test]
    fn an_apply_gets_the_installations_own_token_and_nothing_else() {
        let task_run = made("Apply", json!({"installationId": 1, "run": {"timeout": "90m"}}), Token::Own);
        assert_eq!(task_run["spec"]["taskRef"]["name"], "peribolos-apply");
        assert_eq!(task_run["spec"]["timeout"], "1h30m0s");
        assert_eq!(task_run["spec"]["podTemplate"]["automountServiceAccountToken"], false);
        assert_eq!(
            task_run["spec"]["workspaces"],
            json!([{"name": "token", "secret": {"secretName": "acme-1-token", "items": [{"key": "token", "path": "token"}]}}])
        );
        let params = task_run["spec"]["params"].as_array().unwrap();
        let names: Vec<_> = params.iter().filter_map(|param| param["name"].as_str()).collect();
        assert_eq!(names, ["login", "repository", "path", "sha", "args"]);
        assert_eq!(task_run["metadata"]["ownerReferences"][0]["uid"], "run-uid");
        assert_eq!(task_run["metadata"]["ownerReferences"][0]["controller"], true);
    }

    #[test]
    fn a_preview_and_a_dump_get_lesser_tokens() {
        let preview = made("DryRun", json!({"installationId": 1}), Token::Lesser(RunToken::Read));
        assert_eq!(preview["spec"]["taskRef"]["name"], "peribolos-plan");
        assert_eq!(preview["spec"]["workspaces"][0]["secret"]["secretName"], "acme-1-token-read");
        let dump = made("Dump", json!({"installationId": 1}), Token::Lesser(RunToken::Read));
        assert_eq!(dump["spec"]["taskRef"]["name"], "peribolos-dump");
        assert_eq!(dump["spec"]["workspaces"][1]["name"], "write-token");
        assert_eq!(dump["spec"]["workspaces"][1]["secret"]["secretName"], "acme-1-token-dump");
    }

    #[test]
    fn a_task_of_the_users_own_serves_applies_only() {
        let spec = json!({"installationId": 1, "run": {"taskRef": "mine"}, "token": {"secretName": "other"}});
        let apply = made("Apply", spec.clone(), Token::Own);
        assert_eq!(apply["spec"]["taskRef"]["name"], "mine");
        assert_eq!(apply["spec"]["workspaces"][0]["secret"]["secretName"], "other");
        let dry_run = made("DryRun", spec, Token::Lesser(RunToken::Read));
        assert_eq!(dry_run["spec"]["taskRef"]["name"], "peribolos-plan");
        let engine = |mode, task_run| engine(mode, &serde_json::from_value(task_run).unwrap());
        assert_eq!(engine(Mode::Apply, apply), Engine::Another);
        assert_eq!(engine(Mode::DryRun, dry_run), Engine::Ours);
        let ours = made("Apply", json!({"installationId": 1}), Token::Own);
        assert_eq!(engine(Mode::Apply, ours), Engine::Ours);
    }
}
