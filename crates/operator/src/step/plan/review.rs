//! What previews showed of the commits that are applied, as flags.

use std::str::FromStr;

use clap::Args;
use peribolos_org::removals::Removals;
use peribolos_org::review::{self, Judgement, Rule, Shown};

/// The rule for removals that no preview showed. Without a rule they are not checked.
#[derive(Clone, Debug, Args)]
pub struct ReviewArgs {
    /// What happens to removals that no preview showed: Warn, Block or Require; empty: nothing
    #[arg(long, value_name = "RULE", env = "PERIBOLOS_UNREVIEWED_REMOVALS", default_value = "")]
    unreviewed_removals: RuleArg,
    /// Every commit of the file since the last reviewed one came without a pull request
    #[arg(long)]
    without_pull_requests: bool,
    /// What was shown: its salt, a colon, and digests separated by commas; may be given more than once
    #[arg(long, value_name = "SALT:DIGESTS")]
    shown: Vec<ShownArg>,
}

/// A Task's param can't be left out, so no rule is an empty text.
#[derive(Clone, Copy, Debug)]
struct RuleArg(Option<Rule>);

impl FromStr for RuleArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "" => Ok(Self(None)),
            "Warn" => Ok(Self(Some(Rule::Warn))),
            "Block" => Ok(Self(Some(Rule::Block))),
            "Require" => Ok(Self(Some(Rule::Require))),
            other => Err(format!("there is no `{other}`, expected `Warn`, `Block`, `Require` or nothing")),
        }
    }
}

#[derive(Clone, Debug)]
struct ShownArg(Shown);

impl FromStr for ShownArg {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (salt, digests) = text.split_once(':').ok_or("a salt, a colon and digests are expected")?;
        let digests = digests.split(',').filter(|digest| !digest.is_empty()).map(str::to_owned).collect();
        Ok(Self(Shown { salt: salt.to_owned(), digests }))
    }
}

impl ReviewArgs {
    /// Judges what a plan takes away.
    pub(super) fn judge(&self, removals: &Removals) -> Judgement {
        let Some(rule) = self.unreviewed_removals.0 else { return Judgement::Shown };
        let shown: Vec<Shown> = self.shown.iter().map(|shown| shown.0.clone()).collect();
        review::judge(removals, &shown, rule, self.without_pull_requests)
    }
}
