//! An API server that has the custom resources of another version.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{
    Api,
    api::{Patch, PatchParams},
};
use serde_json::json;

use crate::{support::eventually, world::World};

#[tokio::test]
async fn a_definition_that_lacks_a_field_is_told_and_nothing_goes_in_circles() {
    let world = World::alone(&[]).await;
    let definitions: Api<CustomResourceDefinition> = Api::all(world.client.clone());
    let conditions = "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties/conditions";
    let older: Patch<()> =
        Patch::Json(serde_json::from_value(json!([{"op": "remove", "path": conditions}])).unwrap());
    let name = "peribolosruns.peribolos.dev";
    definitions.patch(name, &PatchParams::default(), &older).await.unwrap();
    world.create("r", "Apply", json!({})).await;
    eventually("the controller says what is wrong", async || {
        let said = world.said();
        if said.contains("its CustomResourceDefinition is not this controller's") {
            Ok(())
        } else {
            Err(said)
        }
    })
    .await;
    assert!(!world.said().contains("too many steps"), "{}", world.said());
}
