//! A token's Secret: what it holds, how it is read, and whose it is.

use std::collections::BTreeMap;

use jiff::Timestamp;
use k8s_openapi::{ByteString, api::core::v1::Secret, apimachinery::pkg::apis::meta::v1::ObjectMeta};
use kube::ResourceExt;
use peribolos_api::names;
use peribolos_core::token::Issued;
use secrecy::{ExposeSecret, SecretString};

use super::TokenOwner;

const TOKEN: &str = "token";
const LOGIN: &str = "login";
const INSTALLATION_ID: &str = "installation-id";
const ISSUED_AT: &str = "issued-at";
const EXPIRES_AT: &str = "expires-at";
const USERNAME: &str = "username";
const PASSWORD: &str = "password";
/// The user name that Git uses with an installation token.
const GIT_USER: &str = "x-access-token";

/// A token as a Secret holds it.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) token: SecretString,
    pub(super) issued: Issued,
}

/// Whether `secret` belongs to the object of that uid. Labels can be written by anyone who may write the Secret; an
/// owner reference is what garbage collection goes by, too.
pub(super) fn is_owned_by<K: ResourceExt>(secret: &K, uid: &str) -> bool {
    secret.owner_references().iter().any(|owner| owner.uid == uid && owner.controller == Some(true))
}

/// The token in `secret`, if everything in it is as it was written for `owner`.
pub(super) fn read(secret: &Secret, owner: &TokenOwner<'_>) -> Option<Held> {
    let data = secret.data.as_ref()?;
    let text = |key: &str| data.get(key).and_then(|value| std::str::from_utf8(&value.0).ok());
    let time = |key: &str| text(key).and_then(|value| value.parse::<Timestamp>().ok());
    let token = text(TOKEN).filter(|token| !token.is_empty())?;
    let as_written = is_labelled(secret, owner)
        && text(LOGIN) == Some(owner.login)
        && text(INSTALLATION_ID) == Some(owner.id.to_string().as_str())
        && text(USERNAME) == Some(GIT_USER)
        && text(PASSWORD) == Some(token);
    let issued = Issued { at: time(ISSUED_AT)?, expires: time(EXPIRES_AT)? };
    as_written.then(|| Held { token: SecretString::from(token), issued })
}

/// The Secret `name` that holds `held`.
pub(super) fn write(name: &str, owner: &TokenOwner<'_>, held: &Held) -> Secret {
    let token = held.token.expose_secret();
    let data = [
        (TOKEN, token.to_owned()),
        (LOGIN, owner.login.to_owned()),
        (INSTALLATION_ID, owner.id.to_string()),
        (ISSUED_AT, held.issued.at.to_string()),
        (EXPIRES_AT, held.issued.expires.to_string()),
        (USERNAME, GIT_USER.to_owned()),
        (PASSWORD, token.to_owned()),
    ];
    Secret {
        metadata: ObjectMeta {
            name: Some(name.to_owned()),
            labels: Some(labels(owner)),
            annotations: Some(annotations(held.issued)),
            owner_references: Some(vec![owner.reference.clone()]),
            ..ObjectMeta::default()
        },
        type_: Some("Opaque".to_owned()),
        data: Some(data.map(|(key, value)| (key.to_owned(), ByteString(value.into_bytes()))).into()),
        ..Secret::default()
    }
}

/// The times of a token according to the annotations of its Secret; `None`: they are missing or invalid.
pub(super) fn annotated(secret: &impl ResourceExt) -> Option<Issued> {
    let time = |name: &str| secret.annotations().get(name)?.parse::<Timestamp>().ok();
    let issued =
        Issued { at: time(names::ANNOTATION_ISSUED_AT)?, expires: time(names::ANNOTATION_EXPIRES_AT)? };
    (issued.at < issued.expires).then_some(issued)
}

fn annotations(issued: Issued) -> BTreeMap<String, String> {
    BTreeMap::from([
        (names::ANNOTATION_ISSUED_AT.to_owned(), issued.at.to_string()),
        (names::ANNOTATION_EXPIRES_AT.to_owned(), issued.expires.to_string()),
    ])
}

/// Whether a Secret has the labels that `owner`'s have.
pub(super) fn is_labelled(secret: &impl ResourceExt, owner: &TokenOwner<'_>) -> bool {
    labels(owner).iter().all(|(name, value)| secret.labels().get(name) == Some(value))
}

fn labels(owner: &TokenOwner<'_>) -> BTreeMap<String, String> {
    BTreeMap::from([
        (names::LABEL_MANAGED_BY.to_owned(), names::MANAGER.to_owned()),
        (names::LABEL_INSTALLATION.to_owned(), owner.name.clone()),
    ])
}

#[cfg(test)]
mod tests {
    use peribolos_github::Permissions;

    use super::*;

    fn held() -> Held {
        let issued = Issued {
            at: "2026-11-23T12:00:00Z".parse().unwrap(),
            expires: "2026-11-23T13:00:00Z".parse().unwrap(),
        };
        Held { token: "ghs_x".into(), issued }
    }

    #[test]
    fn what_was_written_is_read_back() {
        let granted = Permissions::new();
        let owner = TokenOwner::sample(&granted);
        let secret = write("acme-1-token", &owner, &held());
        assert!(is_owned_by(&secret, "uid-1") && !is_owned_by(&secret, "uid-2"));
        let read = read(&secret, &owner).unwrap();
        assert_eq!(read.issued, held().issued);
        assert_eq!(read.token.expose_secret(), "ghs_x");
        let data = secret.data.unwrap();
        assert_eq!(data["password"], data["token"]);
        assert_eq!(data["username"].0, b"x-access-token");
        assert_eq!(data["issued-at"].0, b"2026-11-23T12:00:00Z");
    }

    #[test]
    fn the_metadata_tells_the_tokens_times() {
        let granted = Permissions::new();
        let mut secret = write("acme-1-token", &TokenOwner::sample(&granted), &held());
        assert_eq!(annotated(&secret), Some(held().issued));
        let annotations = secret.metadata.annotations.as_mut().unwrap();
        annotations.insert(names::ANNOTATION_EXPIRES_AT.into(), held().issued.at.to_string());
        assert_eq!(annotated(&secret), None, "it would have expired when it was issued");
        secret.metadata.annotations = None;
        assert_eq!(annotated(&secret), None);
    }

    #[rstest::rstest]
    #[case("token")]
    #[case("login")]
    #[case("installation-id")]
    #[case("issued-at")]
    #[case("expires-at")]
    #[case("username")]
    #[case("password")]
    fn any_other_content_is_wrong(#[case] key: &str) {
        let granted = Permissions::new();
        let owner = TokenOwner::sample(&granted);
        let secret = write("acme-1-token", &owner, &held());
        for value in [None, Some(ByteString(b"other".to_vec())), Some(ByteString(vec![0xff]))] {
            let mut changed = secret.clone();
            let data = changed.data.as_mut().unwrap();
            match value {
                Some(value) => data.insert(key.to_owned(), value),
                None => data.remove(key),
            };
            assert!(read(&changed, &owner).is_none(), "{key}");
        }
        let mut unlabelled = secret;
        unlabelled.metadata.labels = Some(BTreeMap::new());
        assert!(read(&unlabelled, &owner).is_none());
    }

    #[test]
    fn debug_prints_no_token() {
        assert!(!format!("{:?}", held()).contains("ghs_x"));
    }
}
