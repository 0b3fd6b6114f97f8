//! What an installation manages, allows and guards, as flags: the same for the steps in a pod and for people who plan and
//! apply on their own machine, with the bounds that the custom resource has.

use std::collections::BTreeSet;
use std::str::FromStr;

use clap::Args;
use peribolos_org::guard::Limits;
use peribolos_org::plan::{Allow, Ignore, Kind, Scope};
use peribolos_vocab::{Login, Word};

/// The most logins in `spec.guards.requiredAdmins`.
const MAX_REQUIRED_ADMINS: usize = 100;

/// The parts of an organization that are managed, and the limits. The defaults are those of a GitHubInstallation.
#[derive(Clone, Debug, Args)]
pub struct RuleArgs {
    /// spec.run.manage, separated by commas: Org, OrgMembers, Teams, TeamMembers, TeamRepos, Repos, Collaborators
    #[arg(
        long,
        value_name = "KINDS",
        env = "PERIBOLOS_MANAGE",
        default_value = "Org,OrgMembers,Teams,TeamMembers,TeamRepos,Repos"
    )]
    manage: Managed,
    /// spec.run.allow, separated by commas: RepoArchival, RepoPublish
    #[arg(long, value_name = "WHAT", env = "PERIBOLOS_ALLOW", default_value = "")]
    allow: Words<Allow>,
    /// spec.run.ignore, separated by commas: Invitees, SecretTeams, EnterpriseTeams
    #[arg(long, value_name = "WHAT", env = "PERIBOLOS_IGNORE", default_value = "")]
    ignore: Words<Ignore>,
    /// spec.guards.minimumAdmins: the fewest owners the organization may be left with
    #[arg(
        long,
        value_name = "NUMBER",
        env = "PERIBOLOS_MINIMUM_ADMINS",
        default_value = "2",
        value_parser = clap::value_parser!(u8).range(2..=100)
    )]
    minimum_admins: u8,
    /// spec.guards.requiredAdmins, separated by commas: the logins of people who must stay owners
    #[arg(long, value_name = "LOGINS", env = "PERIBOLOS_REQUIRED_ADMINS", default_value = "")]
    required_admins: Logins,
    /// spec.guards.maximumRemovalPercent: the largest share of what exists, of each kind, that may be removed
    #[arg(
        long,
        value_name = "PERCENT",
        env = "PERIBOLOS_MAXIMUM_REMOVAL_PERCENT",
        default_value = "25",
        value_parser = clap::value_parser!(u8).range(0..=100)
    )]
    maximum_removal_percent: u8,
}

impl RuleArgs {
    /// What is managed.
    pub fn scope(&self) -> Scope {
        Scope {
            manage: self.manage.0.clone(),
            allow: self.allow.0.clone(),
            ignore: self.ignore.0.clone(),
            ..Scope::default()
        }
    }

    /// What stops an apply.
    pub fn limits(&self) -> Limits {
        Limits {
            minimum_admins: self.minimum_admins.into(),
            required_admins: self.required_admins.0.clone(),
            maximum_removal_percent: self.maximum_removal_percent,
        }
    }
}

/// Why a flag of a rule can't be used.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// The value is unknown.
    #[error("there is no `{word}`, expected {expected}")]
    Unknown {
        /// What was written.
        word: String,
        /// The valid values.
        expected: String,
    },
    /// As in the custom resource.
    #[error("TeamMembers and TeamRepos need Teams")]
    NeedsTeams,
    /// As in the custom resource.
    #[error("{0} logins are given, and at most {MAX_REQUIRED_ADMINS} can be required")]
    TooMany(usize),
    /// Not a login.
    #[error(transparent)]
    Login(#[from] peribolos_vocab::IdError),
}

/// Words of one kind, separated by commas; none is an empty text.
#[derive(Clone, Debug)]
pub struct Words<W>(pub BTreeSet<W>);

impl<W: Word + Ord> FromStr for Words<W> {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let word = |text: &str| W::from_word(text).ok_or_else(|| unknown::<W>(text));
        pieces(text).map(word).collect::<Result<_, _>>().map(Self)
    }
}

fn unknown<W: Word>(text: &str) -> RuleError {
    let words: Vec<String> = W::WORDS.iter().map(|(word, _)| format!("`{word}`")).collect();
    RuleError::Unknown { word: text.to_owned(), expected: words.join(", ") }
}

/// The kinds that are managed.
#[derive(Clone, Debug)]
struct Managed(BTreeSet<Kind>);

impl FromStr for Managed {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let Words(kinds) = text.parse::<Words<Kind>>()?;
        let needs_teams = kinds.contains(&Kind::TeamMembers) || kinds.contains(&Kind::TeamRepos);
        if needs_teams && !kinds.contains(&Kind::Teams) {
            return Err(RuleError::NeedsTeams);
        }
        Ok(Self(kinds))
    }
}

/// Logins, separated by commas; none is an empty text.
#[derive(Clone, Debug)]
struct Logins(Vec<Login>);

impl FromStr for Logins {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let logins: Vec<Login> = pieces(text).map(str::parse).collect::<Result<_, _>>()?;
        if logins.len() > MAX_REQUIRED_ADMINS {
            return Err(RuleError::TooMany(logins.len()));
        }
        Ok(Self(logins))
    }
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|piece| !piece.is_empty())
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use peribolos_api::installation::{Guards, RunSpec};
    use peribolos_core::run::arguments;
    use serde::Serialize;

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

    fn words(list: impl Serialize) -> BTreeSet<String> {
        serde_json::from_value(serde_json::to_value(list).unwrap()).unwrap()
    }

    #[test]
    fn the_defaults_are_an_installations() {
        let rules = read(&[]).unwrap();
        assert_eq!(rules.scope(), Scope::usual());
        assert_eq!(rules.limits(), Limits::default());
        let (run, scope) = (RunSpec::default(), rules.scope());
        assert_eq!(words(&run.manage), words(&scope.manage));
        assert_eq!(words(&run.allow), words(&scope.allow));
        assert_eq!(words(&run.ignore), words(&scope.ignore));
        let (guards, limits) = (Guards::default(), rules.limits());
        assert_eq!(i64::from(guards.minimum_admins), i64::try_from(limits.minimum_admins).unwrap());
        assert_eq!(guards.maximum_removal_percent, i32::from(limits.maximum_removal_percent));
        assert!(guards.required_admins.is_empty() && limits.required_admins.is_empty());
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
        assert_eq!(scope.manage, [Kind::Org, Kind::Collaborators].into());
        assert_eq!((scope.allow.len(), scope.ignore.len()), (2, 3));
        let limits = rules.limits();
        assert_eq!((limits.minimum_admins, limits.maximum_removal_percent), (3, 0));
        assert_eq!(limits.required_admins.len(), 2);
    }

    #[test]
    fn nothing_may_be_managed() {
        assert!(read(&["--manage="]).unwrap().scope().manage.is_empty());
    }

    #[rstest::rstest]
    #[case::word("--manage=Teams,Repositories", "there is no `Repositories`, expected `Org`, `OrgMembers`")]
    #[case::case_counts("--allow=repoarchival", "there is no `repoarchival`, expected `RepoArchival`")]
    #[case::kinds_that_need_another("--manage=Org,TeamMembers", "TeamMembers and TeamRepos need Teams")]
    #[case::one_owner("--minimum-admins=1", "1 is not in 2..=100")]
    #[case::too_many_owners("--minimum-admins=101", "101 is not in 2..=100")]
    #[case::percent("--maximum-removal-percent=101", "101 is not in 0..=100")]
    #[case::login("--required-admins=a b", "a b")]
    fn what_an_installation_does_not_take_is_refused(#[case] flag: &str, #[case] says: &str) {
        let error = read(&[flag]).unwrap_err();
        assert!(error.contains(says), "{error}");
    }

    #[test]
    fn at_most_100_owners_are_required() {
        let logins = |count: usize| {
            let names: Vec<String> = (0..count).map(|number| format!("a{number}")).collect();
            read(&[&format!("--required-admins={}", names.join(","))])
        };
        assert!(logins(100).is_ok());
        assert!(logins(101).unwrap_err().contains("at most 100"));
    }
}
