//! The flags of `plan`: those of an installation, with its defaults.

use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, ValueEnum};
use peribolos_github::Login;
use peribolos_org::guard::Limits;
use peribolos_org::plan::{Allowance, Ignored, Scope, Stage};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as WordError, StrDeserializer};

use crate::cli::access::AccessArgs;

/// What `plan` works on.
#[derive(Debug, Args)]
pub(in crate::cli) struct PlanArgs {
    /// The file
    pub(super) file: PathBuf,
    /// The organization's login
    #[arg(long, value_name = "LOGIN", env = "PERIBOLOS_LOGIN")]
    pub(super) org: Login,
    /// How the plan is printed
    #[arg(long, value_name = "FORM", env = "PERIBOLOS_OUTPUT", value_enum, default_value_t = Output::Text)]
    pub(super) output: Output,
    /// Exit with 2 where something would change, and with 0 where nothing would
    #[arg(long, env = "PERIBOLOS_DETAILED_EXITCODE")]
    pub(super) detailed_exitcode: bool,
    #[command(flatten)]
    pub(super) scope: ScopeArgs,
    #[command(flatten)]
    pub(super) guards: GuardArgs,
    #[command(flatten)]
    pub(super) access: AccessArgs,
}

/// How a plan is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Output {
    /// For a terminal
    Text,
    /// For programs
    Json,
    /// For a comment or a page
    Markdown,
}

/// What is managed.
#[derive(Debug, Args)]
pub(super) struct ScopeArgs {
    /// spec.run.manage: Org, OrgMembers, Repos, Collaborators, Teams, TeamMembers, TeamRepos
    #[arg(
        long,
        value_name = "PART",
        value_delimiter = ',',
        value_parser = word::<Stage>,
        env = "PERIBOLOS_MANAGE",
        default_value = "Org,OrgMembers,Teams,TeamMembers,TeamRepos,Repos"
    )]
    manage: Vec<Stage>,
    /// spec.run.allow: RepoArchival, RepoPublish
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = word::<Allowance>, env = "PERIBOLOS_ALLOW")]
    allow: Vec<Allowance>,
    /// spec.run.ignore: Invitees, SecretTeams, EnterpriseTeams
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = word::<Ignored>, env = "PERIBOLOS_IGNORE")]
    ignore: Vec<Ignored>,
}

impl ScopeArgs {
    /// # Errors
    /// Where one part needs another, as in an installation.
    pub(super) fn scope(&self) -> anyhow::Result<Scope> {
        let scope = Scope {
            manage: self.manage.iter().copied().collect(),
            allow: self.allow.iter().copied().collect(),
            ignore: self.ignore.iter().copied().collect(),
        };
        let needs_teams = scope.manages(Stage::TeamMembers) || scope.manages(Stage::TeamRepos);
        if needs_teams && !scope.manages(Stage::Teams) {
            bail!("--manage: TeamMembers and TeamRepos need Teams");
        }
        Ok(scope)
    }
}

/// What stops an apply.
#[derive(Debug, Args)]
pub(super) struct GuardArgs {
    /// spec.guards.minimumAdmins: the fewest owners the organization may be left with
    #[arg(long, value_name = "N", env = "PERIBOLOS_MINIMUM_ADMINS", default_value = "2",
          value_parser = clap::value_parser!(u8).range(2..=100))]
    minimum_admins: u8,
    /// spec.guards.requiredAdmins: who must stay an owner
    #[arg(long, value_name = "LOGIN", value_delimiter = ',', env = "PERIBOLOS_REQUIRED_ADMINS")]
    required_admins: Vec<Login>,
    /// spec.guards.maximumRemovalPercent: the largest part of what is there, of each kind, that may be removed
    #[arg(long, value_name = "PERCENT", env = "PERIBOLOS_MAXIMUM_REMOVAL_PERCENT", default_value = "25",
          value_parser = clap::value_parser!(u8).range(0..=100))]
    maximum_removal_percent: u8,
}

impl GuardArgs {
    pub(super) fn limits(&self) -> Limits {
        Limits {
            minimum_admins: self.minimum_admins.into(),
            required_admins: self.required_admins.clone(),
            maximum_removal_percent: self.maximum_removal_percent,
        }
    }
}

/// A word that an installation would have in that list.
fn word<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, String> {
    let deserializer: StrDeserializer<'_, WordError> = text.into_deserializer();
    T::deserialize(deserializer)
        .map_err(|error| error.to_string().replace("unknown variant ", "there is no "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use peribolos_api::installation::{Guards, RunSpec};

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        plan: PlanArgs,
    }

    fn parse(more: &[&str]) -> Result<PlanArgs, clap::Error> {
        let given = ["plan", "f.yaml", "--org", "acme"].iter().chain(more);
        Cli::try_parse_from(given).map(|cli| cli.plan)
    }

    #[test]
    fn what_is_not_said_is_what_an_installation_does() {
        let args = parse(&[]).unwrap();
        assert_eq!(args.guards.limits(), Limits::default());
        assert_eq!(args.scope.scope().unwrap(), Scope::usual());

        let guards = Guards::default();
        let limits = Limits::default();
        assert_eq!(i64::from(guards.minimum_admins), i64::try_from(limits.minimum_admins).unwrap());
        assert_eq!(guards.maximum_removal_percent, i32::from(limits.maximum_removal_percent));
        assert!(guards.required_admins.is_empty() && limits.required_admins.is_empty());
        let run = RunSpec::default();
        let words = |value: serde_json::Value| -> std::collections::BTreeSet<String> {
            serde_json::from_value(value).unwrap()
        };
        let scope = Scope::usual();
        let json = |value: &dyn erased::Json| value.json();
        assert_eq!(words(json(&run.manage)), words(json(&scope.manage)));
        assert_eq!(words(json(&run.allow)), words(json(&scope.allow)));
        assert_eq!(words(json(&run.ignore)), words(json(&scope.ignore)));
    }

    mod erased {
        pub trait Json {
            fn json(&self) -> serde_json::Value;
        }

        impl<T: serde::Serialize> Json for T {
            fn json(&self) -> serde_json::Value {
                serde_json::to_value(self).unwrap()
            }
        }
    }

    #[test]
    fn lists_have_the_words_of_an_installation() {
        let args = parse(&[
            "--manage",
            "Org,Collaborators",
            "--allow",
            "RepoArchival",
            "--ignore",
            "Invitees,SecretTeams",
        ]);
        let scope = args.unwrap().scope.scope().unwrap();
        assert_eq!(scope.manage.into_iter().collect::<Vec<_>>(), [Stage::Org, Stage::Collaborators]);
        assert_eq!((scope.allow.len(), scope.ignore.len()), (1, 2));
        let said = parse(&["--manage", "Members"]).unwrap_err().to_string();
        assert!(said.contains("there is no `Members`, expected one of `Org`, `OrgMembers`"), "{said}");
    }

    #[test]
    fn parts_that_need_another_say_so() {
        let args = parse(&["--manage", "TeamMembers"]).unwrap();
        let said = args.scope.scope().unwrap_err().to_string();
        assert_eq!(said, "--manage: TeamMembers and TeamRepos need Teams");
    }

    #[test]
    fn limits_are_those_that_an_installation_takes() {
        for wrong in
            [["--minimum-admins", "1"], ["--maximum-removal-percent", "101"], ["--required-admins", "a b"]]
        {
            assert!(parse(&wrong).is_err(), "{wrong:?}");
        }
    }
}
