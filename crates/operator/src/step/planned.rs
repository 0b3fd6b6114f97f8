//! What the plan step leaves for the verify step: a file in the pod, which no one else reads.

use std::path::Path;

use peribolos_org::{
    ConfigFile, Snapshot,
    loss::Loss,
    parse,
    plan::{Plan, Scope},
    show::Disclosure,
};
use serde::{Deserialize, Serialize};

use super::failure::StepError;

/// What was planned, and from what.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Planned {
    /// The organization before the apply.
    pub(super) before: Snapshot,
    /// What the apply is to do.
    pub(super) plan: Plan,
    /// What is managed.
    pub(super) scope: Scope,
    /// The files whose names may be posted.
    pub(super) disclosed: Disclosed,
    /// What is taken away although no preview showed it.
    pub(super) unreviewed: Vec<Loss>,
}

impl Planned {
    pub(super) fn save(&self, path: &Path) -> Result<(), StepError> {
        let text = serde_json::to_vec(self).map_err(std::io::Error::other);
        text.and_then(|text| std::fs::write(path, text)).map_err(|source| StepError::File {
            path: path.to_owned(),
            what: "written",
            source,
        })
    }

    pub(super) fn load(path: &Path) -> Result<Self, StepError> {
        let text = std::fs::read(path);
        text.and_then(|text| serde_json::from_slice(&text).map_err(std::io::Error::other))
            .map_err(|source| StepError::File { path: path.to_owned(), what: "read", source })
    }
}

/// The texts of files whose names may be posted.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Disclosed(pub(super) Vec<String>);

impl Disclosed {
    /// What they let be named. One that can't be read lets nothing be named.
    pub(super) fn disclosure(&self, login: &str) -> Disclosure {
        let files: Vec<ConfigFile> = self
            .0
            .iter()
            .filter_map(|text| parse(text, "peribolos.yaml", Some(login)).ok())
            .map(|parsed| parsed.file)
            .collect();
        Disclosure::of(&files)
    }
}
