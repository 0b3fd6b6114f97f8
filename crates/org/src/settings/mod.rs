//! The scalar settings of an organization and of its repositories: one table, a row a setting.
//!
//! The parser, the writer, the dump, the plan, the reference and the JSON Schema take the keys from here, and so do the
//! readers of GitHub's answers and the requests that change a setting: where a setting is read, its field has the
//! name of the key. A value is a text as the file writes it (`true`, `write`, topics as `api, rust`), so that one
//! comparison serves every setting.

mod decided;
mod key;
mod merge_texts;
mod organization;
mod repository;
mod row;
mod topics;
mod value;

pub use key::{OrgSetting, RepoSettingName, Setting, Table};
pub use organization::Organization;
pub use repository::Repository;
pub use row::Request;

pub(crate) use decided::Decided;
pub(crate) use merge_texts::MergeTexts;
pub(crate) use row::{Row, Type};
pub(crate) use topics::{MAX_TOPIC_CHARS, MAX_TOPICS, TOPIC_PATTERN, Topic, join_topics, topic_names};
