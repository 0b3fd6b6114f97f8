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
    /// A commit that changed the file, oldest first: `direct:` if it came without a pull request, else `merged:`, the commits
    /// before it, two dots, and its own id
    #[arg(long, value_name = "WAY:BEFORE,…..SHA")]
    pub(super) commit: Vec<CommitArg>,
    /// The commit that was applied last
    #[arg(long, value_name = "SHA")]
    pub(super) applied: Option<Sha>,
    /// What was shown: its salt, a colon, and digests separated by commas
    #[arg(long, value_name = "SALT:DIGESTS")]
    shown: Vec<ShownArg>,
}

/// A commit that changed the file.
#[derive(Clone, Debug)]
pub(super) struct CommitArg {
    pub(super) direct: bool,
    /// Those before it: none, one or, of a merge, more.
    pub(super) before: Vec<Sha>,
    pub(super) sha: Sha,
}

impl FromStr for CommitArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let sha = |text: &str| text.parse::<Sha>().map_err(|error| error.to_string());
        let form =
            "direct: or merged: is expected, the commits before with commas between, two dots and a commit";
        let (way, commits) = text.split_once(':').ok_or(form)?;
        let direct = match way {
            "direct" => true,
            "merged" => false,
            _ => return Err(form.to_owned()),
        };
        let (before, own) = commits.split_once("..").ok_or(form)?;
        let before = before.split(',').filter(|text| !text.is_empty()).map(sha).collect::<Result<_, _>>()?;
        Ok(Self { direct, before, sha: sha(own)? })
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
    /// The removals of which it matters by which commit they came: those that a commit without a pull request alone can let
    /// pass.
    pub(super) fn in_question(&self, losses: &Losses) -> Vec<Loss> {
        match self.judge(losses, Vec::new()) {
            Judgement::Stop(losses) if self.rule() == Some(Rule::Block) && !self.commit.is_empty() => losses,
            _ => Vec::new(),
        }
    }

    /// Judges what a plan takes away, some of which commits without a pull request have brought.
    pub(super) fn judge(&self, losses: &Losses, brought_directly: Vec<Loss>) -> Judgement {
        let Some(rule) = self.rule() else { return Judgement::Shown };
        let shown: Vec<Shown> = self.shown.iter().map(|shown| shown.0.clone()).collect();
        // That previews are off is in the rule already.
        let how = Circumstances { brought_directly, previews_off: false };
        review::judge(losses, &shown, rule, &how)
    }

    fn rule(&self) -> Option<Rule> {
        self.unreviewed_removals.0.first().copied()
    }
}
