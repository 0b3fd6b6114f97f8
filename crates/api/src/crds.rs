//! The two custom resource definitions, as they are installed.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt;

use crate::{GitHubInstallation, PeribolosRun};

/// Both definitions, in the order in which they are applied.
pub fn all() -> [CustomResourceDefinition; 2] {
    [GitHubInstallation::crd(), PeribolosRun::crd()]
}
