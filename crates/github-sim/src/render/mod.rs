//! The JSON shapes of GitHub's answers and payloads.

pub(crate) mod app;
pub(crate) mod checks;
pub(crate) mod git;
pub(crate) mod issue;
pub(crate) mod org;
pub(crate) mod pull;
pub(crate) mod repo;
pub(crate) mod team;
pub(crate) mod user;

/// Where this GitHub says it is, in the `url` fields of what it answers and delivers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Urls {
    base: String,
    /// What stands before the paths of the API: nothing on github.com.
    prefix: &'static str,
}

impl Urls {
    pub(crate) fn set_base(&mut self, base: &str, prefix: &'static str) {
        base.clone_into(&mut self.base);
        self.prefix = prefix;
    }

    /// A URL of the API.
    pub(crate) fn api(&self, path: &str) -> String {
        format!("{}{}/{path}", self.base, self.prefix)
    }

    /// A URL for people. Nothing answers there.
    pub(crate) fn html(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }
}

/// GitHub says null where a text is empty.
pub(crate) fn or_null(text: &str) -> Option<&str> {
    Some(text).filter(|t| !t.is_empty())
}

/// Adds the fields of one object to another.
pub(crate) fn merge(into: &mut serde_json::Value, more: serde_json::Value) {
    if let (Some(into), serde_json::Value::Object(more)) = (into.as_object_mut(), more) {
        into.extend(more);
    }
}
