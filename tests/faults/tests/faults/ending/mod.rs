//! How a story ends: all that is left on GitHub and in the cluster, as lines that can be compared.

mod flat;
mod github;
mod kubernetes;
mod names;

use std::collections::BTreeMap;

pub use names::Names;

use crate::story::{Missed, Teller};

/// Sorted lines without anything that differs from one telling to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending(Vec<String>);

impl Ending {
    /// What is left now. `missed` is what the story has waited for in vain.
    pub async fn of(teller: &Teller<'_>, missed: Option<&Missed>) -> Result<Self, String> {
        let objects = kubernetes::Objects::list(teller).await.map_err(|error| error.to_string())?;
        let org = teller.world.github.org("acme").await;
        let mut names = Names::new(&teller.world.namespace, teller.world.github.url());
        names.commits(teller.commits());
        names.runs(&teller.world.witness.runs());
        let audit = teller.world.github.call("GET", "/_sim/audit", None).await;
        let mut lines: Vec<String> =
            missed.map(|Missed(what)| format!("missed: {what}")).into_iter().collect();
        lines.extend(objects.lines(&names));
        lines.extend(github::state(&org, &names));
        lines.extend(github::changes(&audit, &names));
        let mut lines: Vec<String> = lines.iter().map(|line| line.trim_end().replace('\n', "\\n")).collect();
        lines.sort();
        Ok(Self(lines))
    }

    /// The lines that no ending may have, whatever has gone wrong: what is unfinished.
    pub fn disorder(&self) -> impl Iterator<Item = &String> {
        self.0.iter().filter(|line| line.contains(kubernetes::WRONG))
    }

    /// The lines that no ending may have where nothing has gone wrong.
    pub fn wrongs(&self) -> Vec<&String> {
        let missed = self.0.iter().filter(|line| line.starts_with("missed: "));
        missed.chain(self.disorder()).collect()
    }

    /// What the other has more (`+`) and less (`-`).
    pub fn difference(&self, other: &Self) -> Vec<String> {
        let mut counts: BTreeMap<&String, i64> = BTreeMap::new();
        for line in &other.0 {
            *counts.entry(line).or_default() += 1;
        }
        for line in &self.0 {
            *counts.entry(line).or_default() -= 1;
        }
        let mut difference = Vec::new();
        for (line, count) in counts {
            let sign = if count > 0 { '+' } else { '-' };
            difference.extend((0..count.abs()).map(|_| format!("{sign} {line}")));
        }
        difference
    }
}

impl std::fmt::Display for Ending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_counts_each_line() {
        let ending = |lines: &[&str]| Ending(lines.iter().map(|line| (*line).to_owned()).collect());
        let expected = ending(&["a check", "a run", "a run"]);
        assert_eq!(expected.difference(&expected), Vec::<String>::new());
        let found = ending(&["a check", "a check", "a run", "a comment"]);
        assert_eq!(expected.difference(&found), ["+ a check", "+ a comment", "- a run"]);
    }
}
