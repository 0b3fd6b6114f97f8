//! Accounts of people, wherever they belong.

use super::Client;
use crate::Login;
use crate::account::User;
use crate::call::Call;
use crate::error::Error;

impl Client {
    /// The account of that name, a person's or an organization's; `None` where there is none.
    pub async fn get_user(&self, login: &Login) -> Result<Option<User>, Error> {
        self.find(Call::get("/users/{username}", &[login.as_str()])?).await
    }
}
