//! Who asks, and what they may.

pub(crate) mod guard;
pub(crate) mod identify;
pub(crate) mod jwt;
pub(crate) mod manifest;
pub(crate) mod token;

use std::collections::BTreeSet;

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
    /// The control endpoints, in the name of a person.
    Control { sender: Login },
}

impl Actor {
    /// The user in whose name something is done.
    pub(crate) fn login(&self, world: &World) -> Login {
        match self {
            Self::Control { sender } => sender.clone(),
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

    /// Whether its permissions cover `scope` at `level`, whatever the organization.
    pub(crate) fn allows(&self, scope: Scope, level: Level) -> bool {
        match self {
            Self::Control { .. } => true,
            Self::Installation(grant) => installation::allows(&grant.permissions, scope, level),
            Self::Anonymous | Self::App => false,
        }
    }
}
