//! Values of settings: the texts of the file, and GitHub's JSON.

use serde_json::Value;

use super::key::{Setting, Table};
use super::row::Type;
use super::topics;

impl<T: Table> Setting<T> {
    /// A value as GitHub's REST API takes it; of topics the list of their names.
    pub fn json(self, text: &str) -> Value {
        match self.row().holds {
            Type::Flag => Value::Bool(text == "true"),
            Type::Text | Type::Word(_) => text.into(),
            Type::Topics => topics::topic_names(text).collect(),
        }
    }

    /// A value as REST or GraphQL gives it, as the file writes it; none where it is not one of this setting's. A text that
    /// is not set is `null` there and empty here, words of GraphQL are in upper case.
    #[expect(clippy::wrong_self_convention, reason = "the setting says how the value is read")]
    pub fn from_json(self, value: &Value) -> Option<String> {
        match (self.row().holds, value) {
            (Type::Flag, Value::Bool(flag)) => Some(flag.to_string()),
            (Type::Text, Value::Null) => Some(String::new()),
            (Type::Text, Value::String(text)) => Some(text.clone()),
            (Type::Word(words), Value::String(text)) => {
                let word = words.iter().map(|(word, _)| *word).find(|word| word.eq_ignore_ascii_case(text));
                word.map(str::to_owned)
            }
            (Type::Topics, Value::Array(names)) => {
                let names: Option<Vec<&str>> = names.iter().map(Value::as_str).collect();
                Some(topics::of_names(names?))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{OrgSetting, RepoSettingName};

    fn repo(key: &str) -> RepoSettingName {
        RepoSettingName::of_key(key).unwrap()
    }

    #[rstest::rstest]
    #[case("has_issues", json!(true), Some("true"))]
    #[case("has_issues", json!("true"), None)]
    #[case("has_issues", json!(null), None)]
    #[case("homepage", json!(null), Some(""))]
    #[case("homepage", json!("https://acme.example"), Some("https://acme.example"))]
    #[case("visibility", json!("INTERNAL"), Some("internal"))]
    #[case("visibility", json!("secret"), None)]
    #[case("squash_merge_commit_title", json!("PR_TITLE"), Some("PR_TITLE"))]
    #[case("topics", json!(["rust", "Api", "rust"]), Some("api, rust"))]
    #[case("topics", json!([]), Some(""))]
    #[case("topics", json!([1]), None)]
    fn answers_of_github_are_read(
        #[case] key: &str,
        #[case] value: serde_json::Value,
        #[case] text: Option<&str>,
    ) {
        assert_eq!(repo(key).from_json(&value).as_deref(), text);
    }

    #[rstest::rstest]
    #[case("has_issues", "false", json!(false))]
    #[case("visibility", "internal", json!("internal"))]
    #[case("topics", "api, rust", json!(["api", "rust"]))]
    #[case("topics", "", json!([]))]
    fn values_are_sent_as_github_takes_them(
        #[case] key: &str,
        #[case] text: &str,
        #[case] value: serde_json::Value,
    ) {
        assert_eq!(repo(key).json(text), value);
        assert_eq!(repo(key).from_json(&value).as_deref(), Some(text));
    }

    #[test]
    fn an_organization_has_settings_of_its_own() {
        let permission = OrgSetting::DEFAULT_REPOSITORY_PERMISSION;
        assert_eq!(permission.from_json(&json!("none")).as_deref(), Some("none"));
        assert_eq!(permission.from_json(&json!("triage")), None);
    }
}
