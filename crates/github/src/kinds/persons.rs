//! Whether a login is still that of the person whom a plan means: logins can be changed, and then anybody may take them.

use peribolos_org::Login;
use serde::Deserialize;

use super::Addresses;
use crate::Client;
use crate::call::Call;
use crate::error::Error;

/// Whom GitHub shows by a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// Nobody is listed in the requested place.
    Nobody,
    /// Somebody, without a number.
    Somebody,
    /// The person of this number.
    Person(u64),
}

impl Shown {
    /// Somebody whose number may be known.
    pub(super) fn of(number: Option<u64>) -> Self {
        number.map_or(Self::Somebody, Self::Person)
    }
}

/// How whoever has the login now is another person than the one who had it when the organization was read, as a sentence
/// without a full stop; `None` where it is the same person, or where that is not known.
pub(super) async fn another(
    client: &Client,
    login: &Login,
    shown: Shown,
    addresses: &Addresses,
) -> Result<Option<String>, Error> {
    #[derive(Deserialize)]
    struct Person {
        login: Login,
    }
    let Some(planned) = addresses.person(login) else { return Ok(None) };
    if shown == Shown::Somebody || shown == Shown::Person(planned) {
        return Ok(None);
    }
    let person = Call::get("/user/{account_id}", &[&planned.to_string()])?;
    let called = client.find::<Person>(person).await?.map(|person| person.login);
    let called = called.filter(|called| called != login);
    Ok(match (shown, called) {
        (Shown::Nobody, called) => called.map(|called| format!("the person is called `{called}` now")),
        (_, None) => Some("somebody else has the login now".to_owned()),
        (_, Some(called)) => {
            Some(format!("somebody else has the login now, and the person is called `{called}`"))
        }
    })
}
