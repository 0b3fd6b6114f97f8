//! What a snapshot does not have and a plan must know: who a login belongs to, what a name that no list has leads to,
//! whether a branch is there.

use std::collections::HashMap;
use std::fmt::Write as _;

use futures::{StreamExt, TryStreamExt, stream};
use peribolos_org::plan::{Lookups, Question};
use peribolos_org::{Login, RepoName};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::snapshot::Patience;
use crate::snapshot::reader::Reader;
use crate::{Client, FullName};

/// Names a request.
const BATCH: usize = 100;
/// Requests at once; the reader bounds them again.
const CONCURRENCY: usize = 8;

/// Answers the questions: one request each hundred people and each hundred names, and one a branch.
///
/// # Errors
/// The first call that fails.
pub async fn answer(
    client: &Client,
    org: &Login,
    questions: &[Question],
    patience: Patience,
) -> Result<Lookups, Error> {
    let reader = Reader::new(client, org, patience, None);
    let mut people: Vec<Login> = Vec::new();
    let mut names: Vec<&RepoName> = Vec::new();
    let mut branches: Vec<(&RepoName, &str)> = Vec::new();
    for question in questions {
        match question {
            Question::Login(login) => people.push(login.clone()),
            Question::NewRepo(name) => names.push(name),
            Question::Branch { repo, branch } => branches.push((repo, branch)),
        }
    }
    let mut lookups = Lookups::default();
    let (found, now, heads) = futures::try_join!(
        reader.ask(async || client.find_people(&people).await),
        repositories(&reader, &names),
        missing(&reader, &branches),
    )?;
    for (login, found) in people.into_iter().zip(found) {
        match found {
            Some(login) => lookups.canonical.insert(login),
            None => lookups.unknown_logins.insert(login),
        };
    }
    for (name, now) in names.into_iter().zip(now) {
        let requested = format!("{org}/{name}");
        if let Some(now) = now.filter(|now| !now.eq_ignore_ascii_case(&requested)) {
            lookups.renamed.insert(name.key(), now);
        }
    }
    lookups.missing_branches.extend(heads);
    Ok(lookups)
}

/// The full names now of the repositories that are or were called so, in the same order; `None` where there is none.
/// GraphQL follows renames.
async fn repositories(reader: &Reader<'_>, names: &[&RepoName]) -> Result<Vec<Option<String>>, Error> {
    let batches = names.chunks(BATCH).map(|names| batch(reader, names));
    let batches: Vec<_> = batches.collect();
    let found: Vec<Vec<_>> = stream::iter(batches).buffered(CONCURRENCY).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

async fn batch(reader: &Reader<'_>, names: &[&RepoName]) -> Result<Vec<Option<String>>, Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Repository {
        name_with_owner: String,
    }
    let requested = names.iter().enumerate().map(|(n, name)| (format!("n{n}"), Value::from(name.as_str())));
    let owner = std::iter::once(("owner".to_owned(), Value::from(reader.org.as_str())));
    let variables: Map<String, Value> = owner.chain(requested).collect();
    let document = document(names.len());
    let mut found: HashMap<String, Option<Repository>> =
        reader.ask(async || reader.client.graphql_found(&document, &variables).await).await?;
    let now = |n| found.remove(&format!("r{n}")).flatten().map(|it: Repository| it.name_with_owner);
    Ok((0..names.len()).map(now).collect())
}

/// The query for so many repositories: names are variables, so that none can be more than a name.
fn document(repositories: usize) -> String {
    let mut declared = "$owner: String!".to_owned();
    let mut fields = String::new();
    for n in 0..repositories {
        let _ = write!(declared, ", $n{n}: String!");
        let _ = writeln!(fields, "  r{n}: repository(owner: $owner, name: $n{n}) {{ nameWithOwner }}");
    }
    format!("query ({declared}) {{\n{fields}}}\n")
}

/// Those of the branches that are not there, each with its repository's key.
async fn missing(
    reader: &Reader<'_>,
    branches: &[(&RepoName, &str)],
) -> Result<Vec<(String, String)>, Error> {
    let heads = branches.iter().map(async |(repo, branch)| {
        let Ok(name) = FullName::new(reader.org.clone(), repo.as_str()) else { return Ok(None) };
        let head = reader.ask(async || reader.client.branch_head(&name, branch).await).await?;
        Ok::<_, Error>(head.is_none().then(|| (repo.key(), (*branch).to_owned())))
    });
    let heads: Vec<_> = heads.collect();
    let heads: Vec<Option<(String, String)>> =
        stream::iter(heads).buffered(CONCURRENCY).try_collect().await?;
    Ok(heads.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::document;

    /// `tests/contract` holds the file against GitHub's schema.
    #[test]
    fn the_query_is_of_the_form_that_is_checked() {
        assert_eq!(document(2), include_str!("kinds/queries/two_repositories.graphql"));
    }
}
