//! Where etcd and the API server are.

use std::{path::PathBuf, process::Command};

/// The directory with `etcd` and `kube-apiserver`.
///
/// `KUBEBUILDER_ASSETS`, else `PERIBOLOS_CONTROL_PLANE`, else the dev cluster's cache.
pub fn control_plane() -> PathBuf {
    let given = ["KUBEBUILDER_ASSETS", "PERIBOLOS_CONTROL_PLANE"].into_iter().find_map(std::env::var_os);
    let directory = given.map_or_else(cached, PathBuf::from);
    for program in ["etcd", "kube-apiserver"] {
        assert!(
            directory.join(program).is_file(),
            "{} is not there: run `make test`, which builds it, or name a directory by KUBEBUILDER_ASSETS",
            directory.join(program).display()
        );
    }
    directory
}

fn cached() -> PathBuf {
    let cluster = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/cluster/cluster");
    let answer = Command::new(cluster).args(["path", "control-plane"]).output();
    let answer = answer.unwrap_or_else(|error| panic!("can't run {cluster}: {error}"));
    assert!(answer.status.success(), "{cluster}: {}", String::from_utf8_lossy(&answer.stderr));
    String::from_utf8(answer.stdout).unwrap().trim().into()
}
