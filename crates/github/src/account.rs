//! Users, organizations and installations, as several answers hold them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use crate::{AppId, InstallationId, Login};

/// What kind of account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
pub enum AccountType {
    /// An organization.
    Organization,
    /// A person.
    User,
    /// An enterprise, which has a slug for a login.
    Enterprise,
    /// An App's account.
    Bot,
    /// A kind this program does not know.
    #[serde(other)]
    Other,
}

/// A user or bot.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct User {
    /// Its name.
    pub login: Login,
    /// Its number, which survives a rename.
    pub id: u64,
    /// What kind of account it is.
    #[serde(rename = "type")]
    pub kind: AccountType,
}

/// Whom an installation belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "AnyAccount")]
pub struct Account {
    /// Its name; an enterprise's slug.
    pub login: Login,
    /// Its number, which survives a rename.
    pub id: u64,
    /// What kind of account it is.
    pub kind: AccountType,
}

/// GitHub shows an enterprise without `login` and `type`, with a `slug` instead.
#[derive(Deserialize)]
#[serde(untagged)]
enum AnyAccount {
    User(User),
    Enterprise { slug: Login, id: u64 },
}

impl From<AnyAccount> for Account {
    fn from(any: AnyAccount) -> Self {
        match any {
            AnyAccount::User(User { login, id, kind }) => Self { login, id, kind },
            AnyAccount::Enterprise { slug, id } => Self { login: slug, id, kind: AccountType::Enterprise },
        }
    }
}

/// Which repositories of an account an installation or a token covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RepositorySelection {
    /// All, future ones too.
    All,
    /// Some, chosen by hand.
    Selected,
}

/// Permissions by name, such as `members: write`. Open on purpose: GitHub adds names.
pub type Permissions = BTreeMap<String, String>;

/// One installation of the App.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Installation {
    /// Its number.
    pub id: InstallationId,
    /// Whom it belongs to.
    pub account: Account,
    /// The App it is of.
    pub app_id: AppId,
    /// What it was granted.
    #[serde(default)]
    pub permissions: Permissions,
    /// Which repositories it covers.
    pub repository_selection: RepositorySelection,
    /// Since when its owners have suspended it; `None`: they have not.
    pub suspended_at: Option<Timestamp>,
}

/// The App itself, as `GET /app` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AppInfo {
    /// Its number.
    pub id: AppId,
    /// Its name in URLs; its bot is `<slug>[bot]`.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// What it asks for.
    #[serde(default)]
    pub permissions: Permissions,
    /// The events it subscribes to.
    #[serde(default)]
    pub events: Vec<String>,
}
