//! The installation defaults, as the API server judges them.

use peribolos_operator::defaults;

use crate::support::{ControlPlane, namespace};

async fn check(text: &str) -> Result<(), String> {
    let client = ControlPlane::shared().client();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let defaults = defaults::load(Some(file.path())).unwrap();
    let namespace = namespace(&client).await;
    defaults::check(&client, &namespace, &defaults).await.map_err(|error| error.to_string())
}

#[tokio::test]
async fn what_a_rule_refuses_is_said_in_its_words() {
    let said = check("token: {refreshInterval: 56m}").await.unwrap_err();
    assert!(said.contains("refreshInterval must be a duration like 30m, from 1m to 55m"), "{said}");
}

#[tokio::test]
async fn good_defaults_pass_and_nothing_is_stored() {
    // A second trial would find the first one's object.
    assert_eq!(check("suspend: true").await, Ok(()));
    assert_eq!(check("").await, Ok(()));
}
