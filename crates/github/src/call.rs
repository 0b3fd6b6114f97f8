//! One request, described by the template of its path, which is also what errors and metrics name.

use std::fmt::Write as _;

use http::Method;
use serde::Serialize;

use crate::config::Effect;
use crate::error::Error;
use crate::{graphql, token};

/// GitHub's default representation.
pub(crate) const ACCEPT_JSON: &str = "application/vnd.github+json";

/// The most that is read of an ordinary answer, in bytes.
const ANSWER_LIMIT: usize = 32 << 20;

/// A request to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) route: &'static str,
    pub(crate) path: String,
    pub(crate) query: Vec<(&'static str, String)>,
    /// The whole query of a further page, as GitHub's `Link` header gave it.
    pub(crate) next: Option<String>,
    pub(crate) accept: &'static str,
    pub(crate) etag: Option<String>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) limit: usize,
}

impl Call {
    /// A call of `route` with its `{placeholders}` filled in order and percent-encoded. `{+name}` keeps slashes,
    /// for paths and refs.
    ///
    /// # Errors
    /// [`Error::Path`] where a part of a value is empty, `.` or `..`: it would name another resource.
    pub(crate) fn new(method: Method, route: &'static str, values: &[&str]) -> Result<Self, Error> {
        let mut path = String::with_capacity(route.len() + 32);
        let mut values = values.iter();
        for segment in route.split('/').skip(1) {
            path.push('/');
            let Some(name) = segment.strip_prefix('{') else {
                path.push_str(segment);
                continue;
            };
            // A template with more placeholders than values fails here like an empty value: nothing is sent.
            let value = values.next().copied().unwrap_or_default();
            if name.starts_with('+') {
                for (index, part) in value.split('/').enumerate() {
                    if index > 0 {
                        path.push('/');
                    }
                    encode(&mut path, part, value)?;
                }
            } else {
                encode(&mut path, value, value)?;
            }
        }
        Ok(Self {
            method,
            route,
            path,
            query: Vec::new(),
            next: None,
            accept: ACCEPT_JSON,
            etag: None,
            body: None,
            limit: ANSWER_LIMIT,
        })
    }

    pub(crate) fn get(route: &'static str, values: &[&str]) -> Result<Self, Error> {
        Self::new(Method::GET, route, values)
    }

    pub(crate) fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub(crate) fn query_if(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    pub(crate) fn accept(mut self, media_type: &'static str) -> Self {
        self.accept = media_type;
        self
    }

    pub(crate) fn etag(mut self, etag: Option<&str>) -> Self {
        self.etag = etag.map(str::to_owned);
        self
    }

    pub(crate) fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    pub(crate) fn body(mut self, body: &impl Serialize) -> Result<Self, Error> {
        let json = serde_json::to_vec(body).map_err(|error| {
            Error::Config(format!("a request to {} can't be written: {error}", self.route))
        })?;
        self.body = Some(json);
        Ok(self)
    }

    /// What it does on GitHub; none: it only reads, as all our queries of GraphQL do.
    pub(crate) fn effect(&self) -> Option<Effect> {
        match self.route {
            _ if self.method == Method::GET => None,
            graphql::ROUTE => None,
            token::ROUTE => Some(Effect::Mint),
            _ => Some(Effect::Write),
        }
    }

    /// Path and query, as they follow the API's root.
    pub(crate) fn target(&self) -> String {
        if let Some(next) = &self.next {
            return format!("{}?{next}", self.path);
        }
        if self.query.is_empty() {
            return self.path.clone();
        }
        let mut query =
            url::form_urlencoded::Serializer::for_suffix(format!("{}?", self.path), self.path.len() + 1);
        query.extend_pairs(self.query.iter().map(|(name, value)| (*name, value.as_str())));
        query.finish()
    }
}

/// Appends one segment of a path, encoding all but RFC 3986's unreserved characters.
fn encode(path: &mut String, segment: &str, whole: &str) -> Result<(), Error> {
    if matches!(segment, "" | "." | "..") {
        return Err(Error::Path(whole.to_owned()));
    }
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            path.push(char::from(byte));
        } else {
            let _ = write!(path, "%{byte:02X}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("/app", &[], "/app")]
    #[case("/orgs/{org}/teams/{team_slug}/members", &["acme", "a b"], "/orgs/acme/teams/a%20b/members")]
    #[case("/repos/{owner}/{repo}/contents/{+path}", &["a", ".github", "d/é.yaml"],
           "/repos/a/.github/contents/d/%C3%A9.yaml")]
    #[case("/repos/{owner}/{repo}", &["a", "b/c?x=#"], "/repos/a/b%2Fc%3Fx%3D%23")]
    fn templates(#[case] route: &'static str, #[case] values: &[&str], #[case] path: &str) {
        assert_eq!(Call::get(route, values).unwrap().path, path);
    }

    #[rstest::rstest]
    #[case("../secret")]
    #[case("a//b")]
    #[case("")]
    #[case("/a")]
    fn paths_that_lead_elsewhere(#[case] path: &str) {
        let call = Call::get("/repos/{owner}/{repo}/contents/{+path}", &["a", "b", path]);
        assert!(matches!(call, Err(Error::Path(_))), "{call:?}");
    }

    #[test]
    fn queries_are_encoded() {
        let call =
            Call::get("/orgs/{org}/members", &["acme"]).unwrap().query("role", "a&b").query("page", "2");
        assert_eq!(call.target(), "/orgs/acme/members?role=a%26b&page=2");
    }

    #[rstest::rstest]
    #[case(Method::GET, "/app", None)]
    #[case(Method::POST, graphql::ROUTE, None)]
    #[case(Method::POST, token::ROUTE, Some(Effect::Mint))]
    #[case(Method::POST, "/repos/{owner}/{repo}/check-runs", Some(Effect::Write))]
    #[case(Method::DELETE, "/orgs/{org}/members/{user}", Some(Effect::Write))]
    fn what_a_call_does_follows_from_method_and_route(
        #[case] method: Method,
        #[case] route: &'static str,
        #[case] effect: Option<Effect>,
    ) {
        assert_eq!(Call::new(method, route, &["1", "2"]).unwrap().effect(), effect);
    }
}
