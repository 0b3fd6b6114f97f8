//! The GitHub App: JWT, tokens, REST and GraphQL calls, webhook signatures and payloads.
//!
//! [`App`] speaks as the App itself, [`Client`] as one of its installations, and [`webhook`] reads what GitHub sends.
//! Every failed call is an [`Error`] with the request, GitHub's answer and, by [`Error::retry`], whether
//! asking again can help. [`snapshot`] reads a whole organization, [`kinds`] makes one change of it, and [`lookups`] answers
//! what a plan asks; [`merge`] finds out what merging a pull request makes of a file. But for the waiting of a read, nothing here is sent again by itself.

pub mod account;
mod app;
mod call;
pub mod client;
mod config;
mod credential;
mod delivery;
mod error;
mod flight;
mod graphql;
mod key;
pub mod kinds;
pub mod lookups;
pub mod merge;
mod page;
mod refusal;
pub mod snapshot;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod tls;
mod token;
mod token_owner;
mod transport;
pub mod webhook;

pub use account::{Account, AccountType, AppInfo, Installation, Permissions, RepositorySelection, User};
pub use app::App;
pub use client::{Client, FileAnswer};
pub use config::{Effect, Gate, GitHubConfig, Observer, Pass, Timeouts, Withheld};
pub use credential::TokenSource;
pub use delivery::Delivery;
pub use error::{Error, QueryRefusal, Refusal, Retry};
pub use key::PrivateKey;
pub use page::{Cursor, Page};
pub use peribolos_vocab::{AppId, FullName, IdError, InstallationId, Login, Sha};
pub use token::{MintedToken, TokenScope};
pub use token_owner::{Scopes, TokenOwner, own_membership, token_owner};
