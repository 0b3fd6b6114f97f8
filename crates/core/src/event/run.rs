//! The runs that events ask for.

use std::collections::BTreeMap;

use peribolos_api::{
    PeribolosRunSpec,
    names::{LABEL_INSTALLATION, LABEL_MODE, LABEL_PULL_REQUEST, LABEL_SHA},
    run::{InstallationRef, Mode, Source, Trigger},
};

use super::{Action, NewRun, decide::Case};
use crate::names;

/// How long the texts of a trigger may be, in characters.
const TRIGGER_LENGTH: usize = 100;

impl Case<'_> {
    /// The one run that this delivery causes.
    pub(super) fn run(&self, installation: &str, mode: Mode, source: Source) -> NewRun {
        self.named(installation, mode, source, &[&self.delivery.id])
    }

    fn named(&self, installation: &str, mode: Mode, source: Source, cause: &[&str]) -> NewRun {
        let short = |text: &str| text.chars().take(TRIGGER_LENGTH).collect();
        NewRun {
            name: names::run(installation, cause),
            labels: labels(installation, mode, &source),
            owner_uid: self.owner().and_then(|owner| owner.metadata.uid.clone()),
            annotations: BTreeMap::new(),
            spec: PeribolosRunSpec {
                installation_ref: InstallationRef { name: installation.to_owned() },
                mode,
                source,
                trigger: Trigger {
                    event: short(&self.delivery.event),
                    delivery_id: short(&self.delivery.id),
                    sender: short(self.sender),
                    at: self.delivery.at.to_string(),
                    comment: None,
                },
                cancel: false,
            },
        }
    }
}

/// The labels by which a run is found: installation and mode, and commit and pull request where they are known.
pub fn labels(installation: &str, mode: Mode, source: &Source) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::from([
        (LABEL_INSTALLATION.to_owned(), installation.to_owned()),
        (LABEL_MODE.to_owned(), mode.label()),
    ]);
    if !source.sha.is_empty() {
        labels.insert(LABEL_SHA.to_owned(), source.sha.clone());
    }
    if let Some(number) = source.pull_request {
        labels.insert(LABEL_PULL_REQUEST.to_owned(), number.to_string());
    }
    labels
}

impl From<NewRun> for Action {
    fn from(run: NewRun) -> Self {
        Self::CreateRun(Box::new(run))
    }
}
