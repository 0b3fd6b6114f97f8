//! What a query costs, found before it runs, and whether GitHub runs it at all: pages of at most 100, at most
//! 500,000 nodes (docs.github.com, "Rate limits and query limits for the GraphQL API").

use async_graphql::{Name, Value};
use async_graphql::{
    Variables,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};

use super::error::QueryError;

/// The fields that are lists with pages.
const CONNECTIONS: [&str; 11] = [
    "checkRuns",
    "checkSuites",
    "childTeams",
    "collaborators",
    "history",
    "invitations",
    "members",
    "membersWithRole",
    "repositories",
    "repositoryTopics",
    "teams",
];
const LONGEST_PAGE: i64 = 100;
const MOST_NODES: u64 = 500_000;

/// What a query may return at most, and what that counts against the limit.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Cost {
    /// Nodes in all pages, if all are full.
    pub(super) nodes: u64,
    /// Requests that GitHub would need, one for each connection of each parent.
    requests: u64,
}

impl Cost {
    /// Points: a hundredth of the requests, at least 1.
    pub(super) fn points(self) -> u64 {
        ((self.requests + 50) / 100).max(1)
    }

    /// The cost of the operation that will run, or why it will not.
    pub(super) fn of(
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        variables: &Variables,
    ) -> Result<Self, QueryError> {
        let mut walk = Walk { document, variables, cost: Self::default() };
        walk.selection(&operation.selection_set.node, 1, 0)?;
        if walk.cost.nodes > MOST_NODES {
            return Err(QueryError::TooManyNodes(walk.cost.nodes));
        }
        Ok(walk.cost)
    }
}

/// Deeper than any honest query; a fragment may contain itself.
const DEEPEST: u32 = 64;

struct Walk<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    cost: Cost,
}

impl Walk<'_> {
    fn selection(&mut self, set: &SelectionSet, parents: u64, depth: u32) -> Result<(), QueryError> {
        if depth > DEEPEST {
            return Ok(());
        }
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => self.field(&field.node, parents, depth)?,
                Selection::InlineFragment(part) => {
                    self.selection(&part.node.selection_set.node, parents, depth + 1)?;
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(part) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        self.selection(&part.node.selection_set.node, parents, depth + 1)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn field(&mut self, field: &Field, parents: u64, depth: u32) -> Result<(), QueryError> {
        let name = field.name.node.as_str();
        let inside = &field.selection_set.node;
        if !CONNECTIONS.contains(&name) {
            let parents = if depth == 0 { parents.max(self.ids(field)) } else { parents };
            return self.selection(inside, parents, depth + 1);
        }
        let length = match (self.bound(field, "first")?, self.bound(field, "last")?) {
            (Some(length), _) | (None, Some(length)) => length,
            (None, None) if self.lists(inside, depth) => return Err(QueryError::NoBoundaries(name.into())),
            (None, None) => 0,
        };
        self.cost.requests = self.cost.requests.saturating_add(parents);
        let nodes = parents.saturating_mul(length);
        self.cost.nodes = self.cost.nodes.saturating_add(nodes);
        self.selection(inside, nodes, depth + 1)
    }

    /// How many things the root's `nodes` is asked for.
    fn ids(&self, field: &Field) -> u64 {
        match self.argument(field, "ids") {
            Some(Value::List(ids)) => ids.len() as u64,
            _ => 0,
        }
    }

    /// The value of `first` or `last`, if given and within bounds.
    fn bound(&self, field: &Field, argument: &'static str) -> Result<Option<u64>, QueryError> {
        let connection = || field.name.node.to_string();
        // Anything but a number is for the validation to refuse.
        let Some(Value::Number(number)) = self.argument(field, argument) else { return Ok(None) };
        let asked = number.as_i64().unwrap_or(i64::MAX);
        if asked > LONGEST_PAGE {
            return Err(QueryError::PageTooLong { connection: connection(), argument, asked });
        }
        u64::try_from(asked)
            .map(Some)
            .map_err(|_| QueryError::PageTooShort { connection: connection(), argument })
    }

    /// An argument with its variables filled in.
    fn argument(&self, field: &Field, name: &str) -> Option<Value> {
        let given = field.get_argument(name)?;
        let value = given.node.clone().into_const_with(|name: Name| {
            Ok::<_, std::convert::Infallible>(self.variables.get(&name).cloned().unwrap_or(Value::Null))
        });
        value.ok()
    }

    /// Whether a connection's own selection asks for what is listed, not only for how much there is.
    fn lists(&self, set: &SelectionSet, depth: u32) -> bool {
        depth <= DEEPEST
            && set.items.iter().any(|selection| match &selection.node {
                Selection::Field(field) => matches!(field.node.name.node.as_str(), "edges" | "nodes"),
                Selection::InlineFragment(part) => self.lists(&part.node.selection_set.node, depth + 1),
                Selection::FragmentSpread(spread) => self
                    .document
                    .fragments
                    .get(&spread.node.fragment_name.node)
                    .is_some_and(|part| self.lists(&part.node.selection_set.node, depth + 1)),
            })
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{Variables, parser::parse_query};
    use serde_json::{Value, json};

    use super::{Cost, QueryError};

    fn cost(query: &str, variables: Value) -> Result<Cost, QueryError> {
        let document = parse_query(query).expect("the test's query parses");
        let operation = document.operations.iter().next().expect("it has one operation").1.node.clone();
        Cost::of(&document, &operation, &Variables::from_json(variables))
    }

    #[test]
    fn pages_within_pages_multiply() {
        let query = "query ($n: Int!) { organization(login: \"a\") { teams(first: $n) { ...all } } }
            fragment all on TeamConnection { nodes { members(first: 20) { nodes { login } } } }";
        let cost = cost(query, json!({ "n": 50 })).expect("it is within the limits");
        assert_eq!((cost.nodes, cost.requests), (50 + 50 * 20, 1 + 50));
        assert_eq!(cost.points(), 1);
    }

    #[test]
    fn what_github_refuses_is_refused() {
        let none = json!({});
        let repos = |args: &str| {
            format!("{{ organization(login: \"a\") {{ repositories{args} {{ nodes {{ name }} }} }} }}")
        };
        let refused = |query: &str| cost(query, none.clone()).expect_err("it is out of bounds").to_string();
        assert!(refused(&repos("")).starts_with("You must provide a `first` or `last`"));
        assert!(refused(&repos("(first: 101)")).contains("exceeds the `first` limit of 100"));
        assert!(refused(&repos("(last: -1)")).contains("cannot be less than zero"));
        let deep = "{ organization(login: \"a\") { teams(first: 100) { nodes { members(first: 100) { nodes {
            repositories(first: 100) { nodes { name } } } } } } } }";
        assert!(refused(deep).starts_with("This query requests up to 1010100 possible nodes"));
    }

    #[test]
    fn counting_needs_no_page() {
        let query = "{ organization(login: \"a\") { teams { totalCount } } }";
        assert_eq!(cost(query, json!({})).map(Cost::points), Ok(1));
    }

    #[test]
    fn a_fragment_in_itself_ends() {
        let query = "{ organization(login: \"a\") { ...f } } fragment f on Organization { ...f teams(first: 1) { ...g } }
            fragment g on TeamConnection { ...g }";
        assert!(cost(query, json!({})).is_ok());
    }
}
