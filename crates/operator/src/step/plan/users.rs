//! Whether somebody exists.

use peribolos_github::{Client, Error, Login};
use serde::Deserialize;
use serde_json::json;

const QUERY: &str = "query($login: String!) { user(login: $login) { login } }";

#[derive(Deserialize)]
struct Answer {
    user: Option<Person>,
}

#[derive(Deserialize)]
struct Person {
    login: Login,
}

/// A person's login as GitHub spells it; none if there is nobody of that name. Organizations are no persons.
pub(super) async fn find(client: &Client, login: &Login) -> Result<Option<Login>, Error> {
    match client.graphql::<Answer>(QUERY, json!({"login": login})).await {
        Ok(answer) => Ok(answer.user.map(|person| person.login)),
        // GraphQL has no status for this, only the sentence.
        Err(error)
            if error.github_message().is_some_and(|text| text.starts_with("Could not resolve to a User")) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
