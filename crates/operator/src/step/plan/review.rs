//! What previews showed of the commits that are applied, as flags.

use std::str::FromStr;

use clap::Args;
use peribolos_github::Sha;
use peribolos_org::{
    loss::{Loss, Losses},
    review::{self, Circumstances, Judgement, Rule, Shown},
};

use crate::rules::Words;

/// How removals are judged that no preview showed. Without a rule they are not judged.
#[derive(Clone, Debug, Args)]
pub(super) struct ReviewArgs {
    /// What happens to removals that no preview showed: Warn, Block or Require; empty: nothing
    #[arg(long, value_name = "RULE", env = "PERIBOLOS_UNREVIEWED_REMOVALS", default_value = "")]
    unreviewed_removals: Words<Rule>,
    /// A commit that came without a pull request, after the one before it and two dots; may be given more than once
    #[arg(long, value_name = "BEFORE..SHA")]
    pub(super) direct: Vec<DirectArg>,
    /// The commit that was applied last
    #[arg(long, value_name = "SHA")]
    pub(super) applied: Option<Sha>,
    /// An owner asked for this very apply
    #[arg(long, env = "PERIBOLOS_BY_OWNER")]
    by_owner: bool,
    /// What a preview showed: its salt, a colon, and digests separated by commas
    #[arg(long, value_name = "SALT:DIGESTS")]
    shown: Vec<ShownArg>,
}

/// A commit that changed the file, and the one before it, if there is one.
#[derive(Clone, Debug)]
pub(super) struct DirectArg {
    pub(super) before: Option<Sha>,
    pub(super) after: Sha,
}

impl FromStr for DirectArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let sha = |text: &str| text.parse::<Sha>().map_err(|error| error.to_string());
        let (before, after) =
            text.split_once("..").ok_or("two commits with two dots between are expected")?;
        let before = (!before.is_empty()).then(|| sha(before)).transpose()?;
        Ok(Self { before, after: sha(after)? })
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
    /// Whether it matters what commits without a pull request bring: whether there are removals that they alone can let
    /// pass.
    pub(super) fn asks_for_direct(&self, losses: &Losses) -> bool {
        self.rule() == Some(Rule::Block)
            && !self.direct.is_empty()
            && matches!(self.judge(losses, Vec::new()), Judgement::Stop(_))
    }

    /// Judges what a plan takes away, some of which commits without a pull request have brought.
    pub(super) fn judge(&self, losses: &Losses, brought_directly: Vec<Loss>) -> Judgement {
        let Some(rule) = self.rule() else { return Judgement::Shown };
        let shown: Vec<Shown> = self.shown.iter().map(|shown| shown.0.clone()).collect();
        // That previews are off is in the rule already.
        let how = Circumstances { brought_directly, previews_off: false, owner_asked: self.by_owner };
        review::judge(losses, &shown, rule, &how)
    }

    fn rule(&self) -> Option<Rule> {
        self.unreviewed_removals.0.first().copied()
    }
}
