//! Runs whose texts are looked at.

use std::sync::Arc;

use jiff::SignedDuration;
use peribolos_api::{
    GitHubInstallation, PeribolosRun, Reason,
    run::{Mode, Phase},
};
use peribolos_core::{
    run::{
        budget::Budget,
        command::Standing,
        comment::{Post, wanted},
        facts::{Commander, Facts, Found, Pull, Settings},
        preview::Author,
        published::Published,
    },
    time_scale::TimeScale,
};
use serde_json::json;

const SHA: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// A run with what its texts depend on.
#[derive(Clone)]
pub struct Run {
    pub object: PeribolosRun,
    pub settings: Settings,
    commander: Commander,
}

impl Run {
    /// One that has ended, or waits, for that reason, and that no report explains. Previews are of pull request 7.
    pub fn of(mode: Mode, phase: Phase, reason: Reason) -> Self {
        let source = if mode == Mode::DryRun { json!({"pullRequest": 7}) } else { json!({}) };
        let message = match reason {
            Reason::FileUnchanged => "the pull request does not change peribolos.yaml",
            Reason::OwnerRequired => {
                &peribolos_core::run::first::owner_required("acme/peribolos", &["carol".to_owned()], true)
            }
            Reason::NotAllowed => "Only owners of this organization can start an apply.",
            Reason::ApprovalRequired => {
                "The author is no member of this organization. A member can ask for a preview with a comment: /peribolos plan"
            }
            _ => "the TaskRun acme-1-1 in the namespace ns failed: pod lost, see spec.run.timeout",
        };
        let run = serde_json::from_value(json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "PeribolosRun",
            "metadata": {"name": "acme-1-0123456789", "uid": "0a1b"},
            "spec": {"installationRef": {"name": "acme-1"}, "mode": mode, "source": source},
            "status": {"phase": phase, "reason": reason.as_str(), "message": message, "sha": SHA, "shortSha": "aaaaaaa"},
        }));
        let settings = Settings {
            namespace: "ns".to_owned(),
            capacity: 20,
            time_scale: TimeScale::REAL,
            late: SignedDuration::from_secs(15),
            details_url_template: None,
            support_url: Some("https://help.example/owners".to_owned()),
            docs_url: Some("https://docs.example/owners".to_owned()),
        };
        Self { object: run.unwrap(), settings, commander: Commander::Nobody }
    }

    /// A preview whose step has reported this.
    pub fn preview(title: &str, summary: &str) -> Self {
        Self::of(Mode::DryRun, Phase::Succeeded, Reason::Planned).reporting(title, summary)
    }

    /// An Apply of pull request 7 whose step has reported this.
    pub fn applied(title: &str, summary: &str) -> Self {
        Self::of(Mode::Apply, Phase::Succeeded, Reason::Applied).reporting(title, summary).merged()
    }

    fn reporting(mut self, title: &str, summary: &str) -> Self {
        let report = json!({"explainsEnd": true, "title": title, "summary": summary});
        self.object.status.as_mut().unwrap().report = Some(serde_json::from_value(report).unwrap());
        self
    }

    /// The same of pull request 7 that was merged.
    pub fn merged(mut self) -> Self {
        let merged = json!([{"number": 7, "mergedBy": "alice"}]);
        self.object.status.as_mut().unwrap().merged_pull_requests = serde_json::from_value(merged).unwrap();
        self
    }

    /// The same, requested by an owner's comment on pull request 7.
    pub fn requested(mut self) -> Self {
        self.object.spec.trigger.comment =
            Some(serde_json::from_value(json!({"id": 9, "issue": 7})).unwrap());
        self.commander = Commander::By(Standing::Owner);
        self
    }

    /// The same for a comment that asked for help.
    pub fn asked_for_help(self) -> Self {
        Self { commander: Commander::Help, ..self.requested() }
    }
}

/// The comments of a run that has ended.
pub fn posts(run: &Run) -> Vec<Post> {
    let installation: GitHubInstallation = serde_json::from_value(json!({
        "apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation",
        "metadata": {"name": "acme-1"}, "spec": {"installationId": 1},
    }))
    .unwrap();
    let pull = Pull {
        base: "main".to_owned(),
        head: SHA.to_owned(),
        open: true,
        author: Author::Member,
        pushed_by_member: true,
    };
    let facts = Facts {
        run: run.object.clone(),
        installation: Some(Arc::new(installation.clone())),
        others: Vec::new(),
        published: Published::default(),
        budget: Budget::default(),
        found: Found { pull: Some(Some(pull)), commander: Some(run.commander.clone()), ..Found::default() },
        tekton: None,
        trouble: None,
        settings: Arc::new(run.settings.clone()),
    };
    wanted(&facts, &installation).unwrap()
}
