//! What previews showed of the commits that are applied, as flags.

use std::str::FromStr;

use clap::Args;
use peribolos_org::{
    loss::Losses,
    review::{self, Circumstances, Judgement, Rule, Shown},
};

use crate::rules::Words;

/// How removals are judged that no preview showed. Without a rule they are not judged.
#[derive(Clone, Debug, Args)]
pub(super) struct ReviewArgs {
    /// What happens to removals that no preview showed: Warn, Block or Require; empty: nothing
    #[arg(long, value_name = "RULE", env = "PERIBOLOS_UNREVIEWED_REMOVALS", default_value = "")]
    unreviewed_removals: Words<Rule>,
    /// Every commit since the last reviewed one came without a pull request: under Block nothing had to be shown
    #[arg(long)]
    without_pull_requests: bool,
    /// What was shown: its salt, a colon, and digests separated by commas
    #[arg(long, value_name = "SALT:DIGESTS")]
    shown: Vec<ShownArg>,
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
    pub(super) fn judge(&self, losses: &Losses) -> Judgement {
        let Some(rule) = self.rule() else { return Judgement::Shown };
        let shown: Vec<Shown> = self.shown.iter().map(|shown| shown.0.clone()).collect();
        let how = Circumstances { previews_off: self.without_pull_requests, ..Circumstances::default() };
        review::judge(losses, &shown, rule, &how)
    }

    fn rule(&self) -> Option<Rule> {
        self.unreviewed_removals.0.first().copied()
    }
}
