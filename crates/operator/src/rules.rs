//! What an installation manages, allows and guards, as flags: for the steps, and for people who plan on their laptop.

use std::str::FromStr;

use clap::Args;
use peribolos_org::{
    Login,
    guard::Limits,
    plan::{Allowance, Ignored, Scope, Stage},
};
use serde::de::{
    DeserializeOwned, IntoDeserializer,
    value::{Error as WordError, StrDeserializer},
};

/// The parts of an organization that are managed, and the limits. The defaults are those of a GitHubInstallation.
#[derive(Clone, Debug, Args)]
pub struct RuleArgs {
    /// What is managed: Org, OrgMembers, Teams, TeamMembers, TeamRepos, Repos, Collaborators, separated by commas
    #[arg(
        long,
        value_name = "PARTS",
        env = "PERIBOLOS_MANAGE",
        default_value = "Org,OrgMembers,Teams,TeamMembers,TeamRepos,Repos"
    )]
    manage: Words<Stage>,
    /// What may be done beyond that: RepoArchival, RepoPublish
    #[arg(long, value_name = "WHAT", env = "PERIBOLOS_ALLOW", default_value = "")]
    allow: Words<Allowance>,
    /// What is left alone: Invitees, SecretTeams, EnterpriseTeams
    #[arg(long, value_name = "WHAT", env = "PERIBOLOS_IGNORE", default_value = "")]
    ignore: Words<Ignored>,
    /// The fewest owners there must be
    #[arg(long, value_name = "NUMBER", env = "PERIBOLOS_MINIMUM_ADMINS", default_value_t = 2)]
    minimum_admins: usize,
    /// Logins that must stay owners, separated by commas
    #[arg(long, value_name = "LOGINS", env = "PERIBOLOS_REQUIRED_ADMINS", default_value = "")]
    required_admins: Logins,
    /// The largest part of what is there, of each kind, that may be removed, in percent
    #[arg(
        long,
        value_name = "PERCENT",
        env = "PERIBOLOS_MAXIMUM_REMOVAL_PERCENT",
        default_value_t = 25,
        value_parser = clap::value_parser!(u8).range(0..=100)
    )]
    maximum_removal_percent: u8,
}

impl RuleArgs {
    /// What is managed.
    pub fn scope(&self) -> Scope {
        Scope {
            manage: self.manage.0.iter().copied().collect(),
            allow: self.allow.0.iter().copied().collect(),
            ignore: self.ignore.0.iter().copied().collect(),
        }
    }

    /// What stops an apply.
    pub fn limits(&self) -> Limits {
        Limits {
            minimum_admins: self.minimum_admins,
            required_admins: self.required_admins.0.clone(),
            maximum_removal_percent: self.maximum_removal_percent,
        }
    }
}

/// Words of one kind, separated by commas; none is an empty text.
#[derive(Clone, Debug)]
pub struct Words<W>(pub Vec<W>);

impl<W: DeserializeOwned> FromStr for Words<W> {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        let word = |word: &str| {
            let word: StrDeserializer<'_, WordError> = word.into_deserializer();
            W::deserialize(word)
        };
        pieces(text).map(word).collect::<Result<_, _>>().map(Self)
    }
}

/// Logins, separated by commas; none is an empty text.
#[derive(Clone, Debug)]
struct Logins(Vec<Login>);

impl FromStr for Logins {
    type Err = peribolos_github::IdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        pieces(text).map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|piece| !piece.is_empty())
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use peribolos_core::run::arguments;

    use super::*;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(flatten)]
        rules: RuleArgs,
    }

    fn read(args: &[&str]) -> Result<RuleArgs, String> {
        Cli::try_parse_from(["program"].iter().chain(args))
            .map(|cli| cli.rules)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_are_an_installations() {
        let rules = read(&[]).unwrap();
        assert_eq!(rules.scope(), Scope::usual());
        assert_eq!(rules.limits(), Limits::default());
    }

    #[test]
    fn what_the_controller_passes_is_read() {
        let spec = serde_json::json!({
            "installationId": 1,
            "run": {
                "manage": ["Collaborators", "Org"], "allow": ["RepoArchival", "RepoPublish"],
                "ignore": ["Invitees", "SecretTeams", "EnterpriseTeams"],
            },
            "guards": {"minimumAdmins": 3, "requiredAdmins": ["alice", "bob"], "maximumRemovalPercent": 0},
        });
        let spec: peribolos_api::GitHubInstallationSpec = serde_json::from_value(spec).unwrap();
        let arguments = arguments::for_plan(&spec, &arguments::PlanFacts::default());
        let rules = read(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
        let scope = rules.scope();
        assert_eq!(scope.manage, [Stage::Org, Stage::Collaborators].into());
        assert_eq!((scope.allow.len(), scope.ignore.len()), (2, 3));
        let limits = rules.limits();
        assert_eq!((limits.minimum_admins, limits.maximum_removal_percent), (3, 0));
        assert_eq!(limits.required_admins.len(), 2);
    }

    #[test]
    fn nothing_may_be_managed() {
        assert!(read(&["--manage="]).unwrap().scope().manage.is_empty());
    }

    #[test]
    fn an_unknown_word_is_named_with_those_that_are_known() {
        let error = read(&["--manage=Teams,Repositories"]).unwrap_err();
        assert!(error.contains("Repositories") && error.contains("OrgMembers"), "{error}");
    }
}
