//! Who asks, and what they may.

pub(crate) mod barrier;
pub(crate) mod guard;
pub(crate) mod identify;
pub(crate) mod jwt;
pub(crate) mod manifest;
pub(crate) mod oauth;
pub(crate) mod person;
pub(crate) mod token;

use std::collections::BTreeSet;

use self::person::Person;
use crate::state::{Level, Login, Permissions, Scope, World, installation};

/// What an installation token carries.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) installation: u64,
    /// Login of the organization it belongs to.
    pub(crate) org: Login,
    pub(crate) permissions: Permissions,
    /// The repositories it was narrowed to, by id; `None`: all of the installation's.
    pub(crate) repos: Option<BTreeSet<u64>>,
    /// Whether it is a workflow's own token: another App's, which has nothing of an organization.
    pub(crate) workflow: bool,
}

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) enum Actor {
    /// No Authorization header.
    Anonymous,
    /// The App itself, by JWT.
    App,
    /// The App in an organization, by installation token.
    Installation(Grant),
    /// A person, by a token of their own.
    User(Person),
    /// The control endpoints, in the name of a person.
    Control { sender: Login },
}

impl Actor {
    /// The user in whose name something is done.
    pub(crate) fn login(&self, world: &World) -> Login {
        match self {
            Self::Control { sender } => sender.clone(),
            Self::User(person) => person.login.clone(),
            Self::Anonymous | Self::App | Self::Installation(_) => world.bot(),
        }
    }

    pub(crate) fn audited_as(&self, world: &World) -> String {
        match self {
            Self::Control { .. } => "sim".into(),
            other => other.login(world).into(),
        }
    }

    pub(crate) fn installation(&self) -> Option<u64> {
        match self {
            Self::Installation(grant) => Some(grant.installation),
            _ => None,
        }
    }

    /// Whether it was done with an installation token.
    pub(crate) fn is_app(&self) -> bool {
        matches!(self, Self::Installation(_) | Self::App)
    }

    /// Whether its permissions cover `scope` at `level`, whatever the organization. A person's depend on the
    /// organization: an owner of any passes here, and whoever else only for what members read.
    pub(crate) fn allows(&self, scope: Scope, level: Level) -> bool {
        match self {
            Self::Control { .. } => true,
            Self::Installation(grant) => installation::allows(&grant.permissions, scope, level),
            Self::User(person) => {
                person.owner || (level == Level::Read && matches!(scope, Scope::Members | Scope::Metadata))
            }
            Self::Anonymous | Self::App => false,
        }
    }
}
