//! Topics of repositories.

use async_graphql::{ID, SimpleObject};

use super::scalar::Uri;
use crate::render::app::node_id;

/// A word that repositories are found by.
#[derive(Clone, SimpleObject)]
pub(super) struct Topic {
    id: ID,
    name: String,
}

/// A topic of one repository.
#[derive(Clone, SimpleObject)]
pub(super) struct RepositoryTopic {
    id: ID,
    resource_path: Uri,
    topic: Topic,
}

/// A topic in a list.
#[derive(SimpleObject)]
pub(super) struct RepositoryTopicEdge {
    pub(super) cursor: String,
    pub(super) node: Option<RepositoryTopic>,
}

impl RepositoryTopic {
    pub(super) fn of(repo: u64, name: &str) -> Self {
        let topic = Topic { id: ID(format!("TOPIC_{name}")), name: name.to_owned() };
        Self {
            id: ID(format!("{}_{name}", node_id("RepositoryTopic", repo))),
            resource_path: Uri(format!("/topics/{name}")),
            topic,
        }
    }
}
