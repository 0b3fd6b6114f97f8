//! The App: its JWT, installations, tokens and deliveries.

use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::json;
use wiremock::matchers::{
    body_json, header, header_exists, method, path, query_param, query_param_is_missing,
};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::support::{self, json as answer};
use crate::client::RateLimit;
use crate::{Account, AccountType, InstallationId, RepositorySelection, TokenScope, testing};

fn installation(id: u64) -> serde_json::Value {
    json!({
        "id": id, "app_id": 42, "repository_selection": "all", "suspended_at": null,
        "permissions": {"members": "write", "organization_administration": "write"},
        "account": {"login": "Acme", "id": 9, "type": "Organization"},
    })
}

fn minted() -> serde_json::Value {
    json!({
        "token": support::TOKEN, "expires_at": "2026-11-23T13:00:00Z",
        "permissions": {"contents": "read"}, "repository_selection": "selected",
    })
}

#[tokio::test]
async fn every_request_says_who_and_what_version() {
    let server = MockServer::start().await;
    Mock::given(path("/app"))
        .and(header_exists("authorization"))
        .and(header("user-agent", concat!("peribolos-operator/", env!("CARGO_PKG_VERSION"))))
        .and(header("x-github-api-version", "2022-11-28"))
        .and(header("accept", "application/vnd.github+json"))
        .respond_with(answer(json!({"id": 42, "slug": "s", "name": "n", "events": ["push"]})))
        .expect(1)
        .mount(&server)
        .await;
    assert_eq!(support::app(&server).get_app().await.unwrap().slug, "s");
    let requests = server.received_requests().await.unwrap();
    let sent =
        requests[0].headers["authorization"].to_str().unwrap().strip_prefix("Bearer ").unwrap().to_owned();
    let rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    let key = jsonwebtoken::DecodingKey::from_rsa_pem(testing::public_key().as_bytes()).unwrap();
    jsonwebtoken::decode::<serde_json::Value>(sent, &key, &rules).unwrap();
    assert_eq!(requests[0].headers.get_all("x-github-api-version").iter().count(), 1);
}

#[tokio::test]
async fn installations_are_read_to_the_last_page() {
    let server = MockServer::start().await;
    // The link names another host, which must not see the JWT: only its query counts.
    let next = r#"<https://elsewhere.example/app/installations?per_page=100&page=2>; rel="next", <x?page=9>; rel="last""#;
    let page = || Mock::given(path("/app/installations")).and(query_param("per_page", "100"));
    page()
        .and(query_param_is_missing("page"))
        .respond_with(answer(json!([installation(1)])).insert_header("link", next))
        .mount(&server)
        .await;
    page()
        .and(query_param("page", "2"))
        .respond_with(answer(json!([installation(2)])).insert_header("link", r#"<y?page=1>; rel="prev""#))
        .mount(&server)
        .await;
    let installations = support::app(&server).list_installations().await.unwrap();
    assert_eq!(
        installations.iter().map(|one| one.id).collect::<Vec<_>>(),
        [InstallationId(1), InstallationId(2)]
    );
    let account = Account { login: "acme".parse().unwrap(), id: 9, kind: AccountType::Organization };
    assert_eq!(installations[1].account, account);
    assert_eq!(installations[1].permissions["organization_administration"], "write");
}

#[tokio::test]
async fn an_installation_that_cant_be_read_does_not_stop_the_list() {
    let server = MockServer::start().await;
    let (mut nameless, mut odd) = (installation(1), installation(3));
    nameless["account"] = json!(null);
    odd["repository_selection"] = json!("most");
    let all = answer(json!([nameless, installation(2), odd, installation(4)]));
    Mock::given(path("/app/installations")).respond_with(all).mount(&server).await;
    let installations = support::app(&server).list_installations().await.unwrap();
    let ids: Vec<_> = installations.iter().map(|one| one.id).collect();
    assert_eq!(ids, [InstallationId(2), InstallationId(4)]);
}

#[tokio::test]
async fn an_enterprise_is_no_organization() {
    let server = MockServer::start().await;
    let mut enterprise = installation(1);
    enterprise["account"] = json!({"id": 5, "slug": "big", "name": "Big", "node_id": "x"});
    Mock::given(path("/app/installations")).respond_with(answer(json!([enterprise]))).mount(&server).await;
    let installations = support::app(&server).list_installations().await.unwrap();
    assert_eq!(installations[0].account.kind, AccountType::Enterprise);
}

#[tokio::test]
async fn a_list_that_breaks_off_is_an_error() {
    let server = MockServer::start().await;
    let first = answer(json!([installation(1)])).insert_header("link", r#"<z?page=2>; rel="next""#);
    Mock::given(query_param_is_missing("page")).respond_with(first).mount(&server).await;
    Mock::given(query_param("page", "2")).respond_with(ResponseTemplate::new(502)).mount(&server).await;
    let error = support::app(&server).list_installations().await.unwrap_err();
    assert_eq!(error.status(), Some(502));
}

#[tokio::test]
async fn a_list_without_end_is_an_error() {
    let server = MockServer::start().await;
    let circle = answer(json!([])).insert_header("link", r#"<z?page=2>; rel="next""#);
    Mock::given(method("GET")).respond_with(circle).mount(&server).await;
    let error = support::app(&server).list_installations().await.unwrap_err();
    assert!(error.to_string().contains("its list has no end"), "{error}");
    assert_eq!(support::queries(&server).await.len(), 2);
}

#[tokio::test]
async fn a_token_is_asked_for_with_its_scope() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/app/installations/7/access_tokens"))
        .and(body_json(json!({"repositories": [".github"], "permissions": {"contents": "read"}})))
        .respond_with(
            ResponseTemplate::new(201)
                .set_body_json(minted())
                .insert_header("date", "Mon, 23 Nov 2026 12:00:00 GMT"),
        )
        .expect(1)
        .mount(&server)
        .await;
    let scope = TokenScope {
        repositories: Some(vec![".github".into()]),
        permissions: Some([("contents".into(), "read".into())].into()),
        ..TokenScope::default()
    };
    let minted = support::app(&server).mint(InstallationId(7), &scope).await.unwrap();
    assert_eq!(minted.token.expose_secret(), support::TOKEN);
    assert_eq!(minted.issued_at.to_string(), "2026-11-23T12:00:00Z");
    assert_eq!(minted.expires_at.to_string(), "2026-11-23T13:00:00Z");
    assert_eq!(minted.repository_selection, RepositorySelection::Selected);
    assert!(!format!("{minted:?}").contains("hunter2"));
}

#[tokio::test]
async fn mints_at_the_same_time_share_one_request() {
    let server = MockServer::start().await;
    Mock::given(path("/app/installations/7/access_tokens"))
        .respond_with(answer(minted()).set_delay(Duration::from_millis(200)))
        .mount(&server)
        .await;
    Mock::given(path("/app/installations/8/access_tokens"))
        .respond_with(answer(minted()))
        .mount(&server)
        .await;
    let app = support::app(&server);
    let whole = TokenScope::default();
    let part = TokenScope { repositories: Some(vec!["a".into()]), ..TokenScope::default() };
    let same = futures::future::join_all((0..10).map(|_| app.clone()).map(|app| {
        let whole = whole.clone();
        tokio::spawn(async move { app.mint(InstallationId(7), &whole).await })
    }));
    let others =
        futures::future::join(app.mint(InstallationId(7), &part), app.mint(InstallationId(8), &whole));
    let (same, others) = futures::join!(same, others);
    assert!(same.into_iter().all(|minted| minted.unwrap().is_ok()));
    others.0.unwrap();
    others.1.unwrap();
    assert_eq!(server.received_requests().await.unwrap().len(), 3, "one for each installation and scope");
    app.mint(InstallationId(7), &whole).await.unwrap();
    assert_eq!(server.received_requests().await.unwrap().len(), 4, "nothing is kept");
}

#[tokio::test]
async fn an_unreadable_mint_does_not_quote_its_token() {
    let server = MockServer::start().await;
    let body = format!(
        r#"{{"token": "t", "expires_at": "2026-11-23T13:00:00Z", "repository_selection": "{0}"}}"#,
        support::TOKEN
    );
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(201).set_body_string(body))
        .mount(&server)
        .await;
    let error = support::app(&server).mint(InstallationId(7), &TokenScope::default()).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    assert!(error.to_string().contains("/app/installations/{installation_id}/access_tokens"), "{error}");
}

#[tokio::test]
async fn another_key_is_used_from_the_next_request_on() {
    let server = MockServer::start().await;
    Mock::given(path("/app")).respond_with(ResponseTemplate::new(401)).mount(&server).await;
    let app = support::app(&server);
    let clone = app.clone();
    assert!(app.get_app().await.unwrap_err().is_unauthorized());
    app.set_private_key(testing::other_key());
    assert!(clone.get_app().await.unwrap_err().is_unauthorized());
    let requests = server.received_requests().await.unwrap();
    assert_ne!(requests[0].headers["authorization"], requests[1].headers["authorization"]);
}

#[tokio::test]
async fn deliveries_come_page_by_page() {
    let server = MockServer::start().await;
    let delivery = |id: u64, at: &str| {
        json!({"id": id, "guid": "g", "delivered_at": at, "redelivery": false, "event": "push", "action": null,
               "status": "OK", "status_code": 503, "installation_id": 7, "repository_id": null, "duration": 0.1})
    };
    let next = r#"<http://x/app/hook/deliveries?per_page=100&cursor=v1_12>; rel="next""#;
    Mock::given(path("/app/hook/deliveries"))
        .and(query_param_is_missing("cursor"))
        .respond_with(answer(json!([delivery(30, "2026-11-23T12:00:00Z")])).insert_header("link", next))
        .mount(&server)
        .await;
    Mock::given(path("/app/hook/deliveries"))
        .and(query_param("cursor", "v1_12"))
        .respond_with(
            answer(json!([delivery(20, "2026-11-22T12:00:00Z"), delivery(10, "2026-11-20T12:00:00Z")]))
                .insert_header(
                    "link",
                    r#"<http://x/app/hook/deliveries?per_page=100&cursor=v1_13>; rel="next""#,
                ),
        )
        .mount(&server)
        .await;
    let app = support::app(&server);
    let first = app.deliveries(None).await.unwrap();
    assert_eq!(first.items.iter().map(|one| one.id).collect::<Vec<_>>(), [30]);
    assert!(!first.items[0].is_success());
    let second = app.deliveries(first.next.as_ref()).await.unwrap();
    assert_eq!(second.items.iter().map(|one| one.id).collect::<Vec<_>>(), [20, 10]);
    assert!(second.next.is_some());
    assert_eq!(support::queries(&server).await.len(), 2);
}

#[tokio::test]
async fn the_limit_of_the_apps_own_requests_is_that_of_the_newest_answer() {
    let server = MockServer::start().await;
    let with_limit = |remaining: &str| {
        answer(json!([]))
            .insert_header("x-ratelimit-limit", "5000")
            .insert_header("x-ratelimit-remaining", remaining)
            .insert_header("x-ratelimit-reset", "1800000000")
    };
    Mock::given(path("/app/installations")).respond_with(with_limit("4000")).mount(&server).await;
    Mock::given(path("/rate_limit")).respond_with(with_limit("17")).mount(&server).await;
    let app = support::app(&server);
    assert_eq!(app.limit(), None);
    app.installations(None).await.unwrap();
    // An installation's requests have a limit of their own.
    app.with_token("token".into()).rate_limit().await.ok();
    assert_eq!(app.limit(), Some(RateLimit { limit: 5000, remaining: 4000, reset: 1_800_000_000 }));
}

#[tokio::test]
async fn a_delivery_is_asked_for_again() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/app/hook/deliveries/12345678901234567/attempts"))
        .respond_with(ResponseTemplate::new(202).set_body_json(json!({})))
        .expect(1)
        .mount(&server)
        .await;
    support::app(&server).redeliver(12_345_678_901_234_567).await.unwrap();
}
