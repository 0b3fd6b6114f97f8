//! A controller that may not see all that it needs.

use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, PolicyRule, RoleRef, Subject};
use kube::{
    Api, Client,
    api::{Patch, PatchParams, PostParams},
};

use crate::{
    candidate::Candidate,
    support::{ControlPlane, control_plane::NOBODY},
    world::{ACME, World},
};

const ROLE: &str = "blind";

#[tokio::test]
async fn it_is_not_ready_and_says_what_it_can_t_watch() {
    let world = World::without_controller(ControlPlane::shared(), &[]).await;
    bind(&world.client, &rules(&["events"])).await;
    let blind = Candidate::begin(&world, NOBODY, &["--time-scale=20"]);
    blind.leads(&world).await;
    blind.says("the resource can't be watched").await;
    assert!(blind.said().contains(r#""resource":"secrets""#), "{}", blind.said());
    let answer = blind.readiness().await.unwrap_err();
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    allow(&world.client, &rules(&["events", "secrets"])).await;
    blind.is_ready().await;
    world.is_ready(ACME).await;
}

/// All that is not in the core group, and these that are.
fn rules(core: &[&str]) -> Vec<PolicyRule> {
    let rule = |groups: &[&str], resources: &[&str]| PolicyRule {
        api_groups: Some(groups.iter().map(|it| (*it).to_owned()).collect()),
        resources: Some(resources.iter().map(|it| (*it).to_owned()).collect()),
        verbs: vec!["*".to_owned()],
        ..PolicyRule::default()
    };
    let groups = ["peribolos.dev", "coordination.k8s.io", "tekton.dev", "events.k8s.io"];
    vec![rule(&groups, &["*"]), rule(&[""], core)]
}

async fn bind(client: &Client, rules: &[PolicyRule]) {
    allow(client, rules).await;
    let bindings: Api<ClusterRoleBinding> = Api::all(client.clone());
    let mut binding = ClusterRoleBinding {
        role_ref: RoleRef {
            api_group: "rbac.authorization.k8s.io".to_owned(),
            kind: "ClusterRole".to_owned(),
            name: ROLE.to_owned(),
        },
        subjects: Some(vec![Subject {
            kind: "User".to_owned(),
            name: NOBODY.to_owned(),
            ..Subject::default()
        }]),
        ..ClusterRoleBinding::default()
    };
    binding.metadata.name = Some(ROLE.to_owned());
    bindings.create(&PostParams::default(), &binding).await.unwrap();
}

async fn allow(client: &Client, rules: &[PolicyRule]) {
    let cluster: Api<ClusterRole> = Api::all(client.clone());
    let mut role = ClusterRole { rules: Some(rules.to_vec()), ..ClusterRole::default() };
    role.metadata.name = Some(ROLE.to_owned());
    cluster.patch(ROLE, &PatchParams::apply("test").force(), &Patch::Apply(&role)).await.unwrap();
}
