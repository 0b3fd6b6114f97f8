//! Pages of lists and the `Link` header.
#![expect(
    clippy::unnecessary_wraps,
    reason = "handlers end in these calls, and every handler returns an Answer"
)]

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header::LINK};
use serde_json::{Value, json};

use super::{Answer, Call};

/// GitHub's default and largest page.
const DEFAULT: usize = 30;
const LARGEST: usize = 100;

impl Call {
    /// How many items a page has.
    pub(crate) fn per_page(&self) -> usize {
        self.param("per_page").and_then(|v| v.parse().ok()).unwrap_or(DEFAULT).clamp(1, LARGEST)
    }

    fn page_number(&self) -> usize {
        self.param("page").and_then(|v| v.parse().ok()).unwrap_or(1).max(1)
    }

    /// The page asked for, as an array.
    pub(crate) fn page<T>(&self, items: &[T], render: impl Fn(&T) -> Value) -> Answer {
        Ok(self.linked(items.len(), Value::Array(self.slice(items, render))))
    }

    /// The page asked for, inside an object with `total_count`.
    pub(crate) fn page_in<T>(
        &self,
        items: &[T],
        mut object: Value,
        key: &str,
        render: impl Fn(&T) -> Value,
    ) -> Answer {
        object["total_count"] = json!(items.len());
        self.page_within(items, object, key, render)
    }

    /// The page asked for, inside an object that says in its own words how many there are.
    pub(crate) fn page_within<T>(
        &self,
        items: &[T],
        mut object: Value,
        key: &str,
        render: impl Fn(&T) -> Value,
    ) -> Answer {
        object[key] = Value::Array(self.slice(items, render));
        Ok(self.linked(items.len(), object))
    }

    fn slice<T>(&self, items: &[T], render: impl Fn(&T) -> Value) -> Vec<Value> {
        let size = self.per_page();
        items.iter().skip((self.page_number() - 1) * size).take(size).map(render).collect()
    }

    fn linked(&self, total: usize, body: Value) -> Response {
        let (page, last) = (self.page_number(), total.div_ceil(self.per_page()).max(1));
        let mut links = Vec::new();
        let mut link = |rel: &str, n: usize| {
            links.push(format!("<{}>; rel=\"{rel}\"", self.url_with("page", &n.to_string())));
        };
        if page > 1 {
            link("prev", (page - 1).min(last));
        }
        if page < last {
            link("next", page + 1);
            link("last", last);
        }
        if page > 1 {
            link("first", 1);
        }
        with_links(body, &links)
    }

    /// A page of a list without numbers, whose next page begins at a cursor in this parameter; `None`: it is the last one.
    pub(crate) fn page_before(&self, body: Value, cursor: Option<(&str, &str)>) -> Answer {
        let next = cursor.map(|(name, cursor)| format!("<{}>; rel=\"next\"", self.url_with(name, cursor)));
        Ok(with_links(body, next.as_slice()))
    }

    /// The URL of this request with one query parameter set anew.
    pub(crate) fn url_with(&self, name: &str, value: &str) -> String {
        let prefix = format!("{name}=");
        let query = self.uri.query().unwrap_or("");
        let kept = query.split('&').filter(|p| !p.is_empty() && !p.starts_with(&prefix));
        let all: Vec<String> = kept.map(str::to_owned).chain([format!("{prefix}{value}")]).collect();
        format!("{}{}?{}", self.base(), self.uri.path(), all.join("&"))
    }
}

fn with_links(body: Value, links: &[String]) -> Response {
    let mut response = Json(body).into_response();
    if let Ok(value) = HeaderValue::from_str(&links.join(", "))
        && !links.is_empty()
    {
        response.headers_mut().insert(LINK, value);
    }
    response
}
