//! Accounts of people, wherever they belong.

use std::collections::HashMap;
use std::fmt::Write as _;

use futures::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Client;
use crate::Login;
use crate::error::Error;

/// People a request.
const BATCH: usize = 100;
/// Requests at once, well within GitHub's secondary limits.
const CONCURRENCY: usize = 8;

#[derive(Deserialize)]
struct Person {
    login: Login,
}

impl Client {
    /// The people of these names as GitHub spells them, in the same order; `None` for whom it does not know.
    /// Organizations and bots are no people. One request for each hundred.
    pub async fn find_people(&self, logins: &[Login]) -> Result<Vec<Option<Login>>, Error> {
        let batches = logins.chunks(BATCH).map(|logins| self.find_batch(logins));
        let found: Vec<Vec<_>> = stream::iter(batches).buffered(CONCURRENCY).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn find_batch(&self, logins: &[Login]) -> Result<Vec<Option<Login>>, Error> {
        let variables: Map<String, Value> =
            logins.iter().enumerate().map(|(n, login)| (format!("l{n}"), login.as_str().into())).collect();
        let mut found: HashMap<String, Option<Person>> =
            self.graphql_found(&document(logins.len()), variables).await?;
        let person = |n| found.remove(&format!("u{n}")).flatten().map(|person| person.login);
        Ok((0..logins.len()).map(person).collect())
    }
}

/// The query for so many people: logins are variables, so that none can be more than a login.
fn document(people: usize) -> String {
    let mut declared = String::new();
    let mut fields = String::new();
    for n in 0..people {
        let comma = if n == 0 { "" } else { ", " };
        let _ = write!(declared, "{comma}$l{n}: String!");
        let _ = writeln!(fields, "  u{n}: user(login: $l{n}) {{ login }}");
    }
    format!("query ({declared}) {{\n{fields}}}\n")
}

#[cfg(test)]
mod tests {
    use super::document;

    /// `tests/contract` holds the file against GitHub's schema.
    #[test]
    fn the_query_is_of_the_form_that_is_checked() {
        assert_eq!(document(2), include_str!("two_people.graphql"));
    }
}
