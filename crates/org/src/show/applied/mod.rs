//! What became of a plan that was applied, for checks, comments, logs and the command line.

mod problems;
mod section;

use std::collections::BTreeSet;

use self::problems::Problems;
use self::section::Section;
use super::beyond::beyond;
use super::check::{MAX_SUMMARY_BYTES, people, warnings};
use super::item::Item;
use super::list::Lines;
use super::report::phrase;
use super::sentence::Sentence;
use super::text::{counted, cut};
use super::{Namer, PlanReport};
use crate::Login;
use crate::file::report::Style;
use crate::plan::{Change, Kind, Operation, Outcome, Renamed, Stays, Verification};
use crate::review::Judgement;
use crate::snapshot::{Extent, Unread};

/// What became of a plan that was applied.
#[derive(Clone, Copy, Debug)]
pub struct Applied<'a> {
    /// The plan, as it was shown before.
    pub report: PlanReport<'a>,
    /// What became of each operation, in the order of the plan. Those that lack one were not tried.
    pub outcomes: &'a [Outcome],
    /// What the organization was found to be afterwards; none: it was not read again.
    pub verification: Option<&'a Verification>,
    /// What is managed and could not be read when the plan was made, so that nothing of it is in the plan.
    pub unread: &'a [Unread],
    /// Teams that were made and that the person whose token made them could not be taken out of.
    pub stays: &'a [Stays],
}

/// So many lines the list of a run's status has, …
const LISTED: usize = 20;
/// … each of so many characters.
const LISTED_CHARACTERS: usize = 120;

impl Applied<'_> {
    /// The result in one line: `Applied: 4 of 5. `flagged` could not be invited`.
    pub fn title(&self, namer: &Namer<'_>) -> String {
        let planned = self.report.plan.operations.len();
        let gone = self.verification.map_or(0, |verification| verification.beyond.len());
        let unread = self.verification.map_or(0, |verification| verification.unread.len());
        let applied = self.count(|outcome| matches!(outcome, Outcome::Done | Outcome::Waiting));
        let title = match (planned, gone) {
            (0, 0) => "Nothing to change".to_owned(),
            _ => format!("Applied: {applied} of {planned}"),
        };
        match self.first_problem(gone, unread, namer) {
            Some(problem) => format!("{title}. {problem}"),
            None => title,
        }
    }

    fn first_problem(&self, gone: usize, unread: usize, namer: &Namer<'_>) -> Option<String> {
        let failed: Vec<&Operation> = self.those(|outcome| matches!(outcome, Outcome::Failed(_))).collect();
        if let [operation] = failed.as_slice() {
            return Some(Sentence::of(&operation.change, namer).could_not());
        }
        let numbers = [
            (failed.len(), "change failed", "changes failed"),
            (
                self.count(|outcome| matches!(outcome, Outcome::NotSent { .. })),
                "change was not sent",
                "changes were not sent",
            ),
            (
                self.count(|outcome| self.is_withheld(outcome)),
                "removal was withheld",
                "removals were withheld",
            ),
            (
                self.count(|outcome| matches!(outcome, Outcome::Left(_))),
                "change was left out: something changed in the meantime",
                "changes were left out: something changed in the meantime",
            ),
            (
                self.count(|outcome| matches!(outcome, Outcome::NotTried)),
                "change was not tried",
                "changes were not tried",
            ),
            (
                self.stays.len(),
                "new team could not be left by the owner of the token",
                "new teams could not be left by the owner of the token",
            ),
            (gone, "thing is gone that should have stayed", "things are gone that should have stayed"),
            (unread, "part could not be read again", "parts could not be read again"),
            (self.unread.len(), "part could not be read", "parts could not be read"),
            (self.waiting().len(), "person has yet to accept", "people have yet to accept"),
        ];
        let (number, one, more) = numbers.into_iter().find(|(number, ..)| *number > 0)?;
        Some(counted(number, one, more))
    }

    /// The result for a check or a comment on GitHub: Markdown of at most [`MAX_SUMMARY_BYTES`].
    pub fn summary(&self, namer: &Namer<'_>) -> String {
        let mut lines = Lines::default();
        for section in self.sections(namer) {
            lines.paragraph(&section.markdown());
        }
        if let Judgement::Warn(missing) = self.report.judgement {
            let items = missing.iter().map(|removal| Item::of_removal(removal, None, namer)).collect();
            lines.changes("**No preview had shown these removals**", items);
        }
        if let Some(warnings) = warnings(&self.report.plan.warnings, namer) {
            lines.paragraph(&warnings);
        }
        let done = self.done(namer);
        if done.is_empty() && lines.is_empty() && self.unread.is_empty() {
            lines.paragraph("The organization is as the file says.");
        }
        if !done.is_empty() {
            lines.paragraph("**What was done**");
            lines.sections(done);
        }
        lines.bounded(MAX_SUMMARY_BYTES).0
    }

    /// The result for a terminal or a log, in full.
    pub fn text(&self, style: Style) -> String {
        let namer = Namer::terminal();
        let mut text = self.title(&namer);
        text.push('\n');
        for section in self.sections(&namer) {
            text.push('\n');
            text.push_str(&section.text(style));
        }
        text
    }

    /// The operations in lines for `status.changes.list`, what failed first: everything is named.
    pub fn list(&self) -> Vec<String> {
        let namer = Namer::terminal();
        let mut lines: Vec<(usize, String)> = Vec::new();
        for (index, operation) in self.report.plan.operations.iter().enumerate() {
            let (order, end) = match self.outcome(index) {
                Outcome::Failed(failure) => (0, format!(": failed, {}", failure.sentence)),
                Outcome::NotSent { failure, .. } => (1, format!(": not sent, {}", failure.sentence)),
                outcome @ Outcome::Withheld(_) if self.is_withheld(outcome) => (2, ": withheld".to_owned()),
                Outcome::Withheld(_) => (6, ": kept until an invitation is accepted".to_owned()),
                Outcome::Left(_) => (3, ": left out, changed in the meantime".to_owned()),
                Outcome::Skipped { .. } => (4, ": not done because of another".to_owned()),
                Outcome::NotTried => (5, ": not tried".to_owned()),
                outcome @ Outcome::Waiting if self.still_waits(outcome, &operation.change) => {
                    (6, ": waits to be accepted".to_owned())
                }
                Outcome::Waiting | Outcome::Done => (7, String::new()),
            };
            for item in Item::of_operation(operation, &self.removals(index), &namer) {
                let line = format!("{} {}{end}", item.mark().sign(), phrase(&item));
                lines.push((order, cut(&line, LISTED_CHARACTERS)));
            }
        }
        lines.sort_by_key(|(order, _)| *order);
        let more = lines.len().saturating_sub(LISTED);
        if more > 0 {
            lines.truncate(LISTED - 1);
            lines.push((0, format!("and {} more", more + 1)));
        }
        lines.into_iter().map(|(_, line)| line).collect()
    }

    fn sections(&self, namer: &Namer<'_>) -> Vec<Section> {
        let problems = Problems {
            plan: self.report.plan,
            outcomes: self.outcomes,
            namer: *namer,
            lost: self.verification.map(|verification| verification.lost.as_slice()),
            stays: self.stays,
        };
        let mut sections = problems.sections();
        sections.extend(self.gone(namer));
        sections.extend(self.renamed(namer));
        sections.extend(self.unread(namer));
        sections.extend(self.open(namer));
        let waiting = self.waiting();
        sections
            .extend(people(waiting, namer).map(|names| {
                Section::new("Waiting to be accepted", vec![format!("invitations of {names}")])
            }));
        sections
    }

    fn gone(&self, namer: &Namer<'_>) -> Option<Section> {
        let gone = &self.verification?.beyond;
        let lines: Vec<Option<String>> = gone.iter().map(|gone| beyond(gone, namer)).collect();
        let section = Section::with_unnamed("Gone beyond the plan", lines)?;
        Some(section.ending(
            "Somebody else may have done it at the same time: the organization's audit log says who.",
        ))
    }

    /// Who has another login now.
    fn renamed(&self, namer: &Namer<'_>) -> Option<Section> {
        let renamed = &self.verification?.renamed;
        let is_any_in_file = renamed.iter().any(|renamed| renamed.in_file);
        let lines = renamed.iter().map(|Renamed { login, now, in_file }| {
            let login = namer.login(login)?;
            let now = namer
                .login(now)
                .map_or_else(|| "has another login".to_owned(), |now| format!("is called {now}"));
            let but = if is_any_in_file && !in_file { ", and the file does not name them" } else { "" };
            Some(format!("{login} {now} now{but}"))
        });
        let section = Section::with_unnamed("Renamed in the meantime", lines.collect())?;
        Some(if is_any_in_file { section.ending("Change the login in the file.") } else { section })
    }

    /// What could not be read afterwards.
    fn unread(&self, namer: &Namer<'_>) -> Option<Section> {
        let lines = self.verification?.unread.iter().map(|unread| {
            let may_be_shown = match &unread.extent {
                Extent::Of(part) => namer.names([part]),
                Extent::Whole | Extent::Parts => true,
            };
            may_be_shown.then(|| unread.why.clone())
        });
        let section = Section::with_unnamed("Could not be read again", lines.collect())?;
        Some(section.ending("Whether this is as the file says is not known."))
    }

    /// What the organization still lacks, although nothing of the above says so.
    fn open(&self, namer: &Namer<'_>) -> Option<Section> {
        // In full: what may not be named is not the same because of that.
        let sentence = |change: &Change| Sentence::of(change, &Namer::terminal());
        let known: Vec<Sentence> = (0..self.report.plan.operations.len())
            .filter_map(|index| Some((index, &self.report.plan.operations.get(index)?.change)))
            .filter(|(index, change)| !self.outcome(*index).is_shown(change))
            .map(|(_, change)| sentence(change))
            .collect();
        let open =
            self.verification?.remaining.iter().filter(|left| !known.contains(&sentence(&left.change)));
        let lines = open.map(|left| {
            let sentence = Sentence::of(&left.change, namer);
            Some(format!("{} yet", sentence.is_not()))
        });
        Section::with_unnamed("Not as the file says yet", lines.collect())
    }

    /// People who have not accepted an invitation yet, of this apply or of an earlier one.
    fn waiting(&self) -> BTreeSet<&Login> {
        let operations = self.report.plan.operations.iter().enumerate();
        let waits = operations
            .filter(|(index, operation)| self.still_waits(self.outcome(*index), &operation.change))
            .filter_map(|(_, operation)| invited(&operation.change));
        let waited = self.report.plan.waiting.iter().map(|waiting| (&waiting.login, waiting.kind()));
        let waited = waited.filter(|(login, kind)| self.may_wait(login, *kind)).map(|(login, _)| login);
        waits.chain(waited).collect()
    }

    /// Whether a change of this apply waits to be accepted at the end. Who has accepted meanwhile does not wait, nor does
    /// what is to be done again: the invitation is not there any more.
    fn still_waits(&self, outcome: &Outcome, change: &Change) -> bool {
        let Some(login) = invited(change).filter(|_| *outcome == Outcome::Waiting) else { return false };
        match self.verification {
            Some(now) if outcome.is_hidden_until_accepted(change) => {
                now.remaining.iter().any(|left| is_again(&left.change, change))
            }
            _ => self.may_wait(login, change.kind()),
        }
    }

    /// Whether somebody is still to accept something, as far as could be read.
    fn may_wait(&self, login: &Login, kind: Kind) -> bool {
        self.verification.is_none_or(|now| {
            let is_read = !now.unread.iter().any(|unread| unread.kind == kind);
            !is_read || now.waiting.iter().any(|waiting| waiting.login == *login)
        })
    }

    /// What is done, with what teams inherit no more where nothing is missing.
    fn done(&self, namer: &Namer<'_>) -> Vec<Item> {
        let all = self.count(Outcome::is_base) == self.report.plan.operations.len();
        let mut items = Vec::new();
        for (index, operation) in self.report.plan.operations.iter().enumerate() {
            if self.outcome(index).is_base() {
                items.extend(Item::of_operation(operation, &self.removals(index), namer));
            }
        }
        let inherited = self.report.removals.list.iter().filter(|removal| all && removal.operation.is_none());
        items.extend(inherited.map(|removal| Item::of_removal(removal, None, namer)));
        items
    }

    /// Whether it is a removal that something stands against, other than an invitation that waits to be accepted.
    fn is_withheld(&self, outcome: &Outcome) -> bool {
        matches!(outcome, Outcome::Withheld(reason) if !reason.awaits_acceptance(self.outcomes))
    }

    fn removals(&self, index: usize) -> Vec<(usize, &crate::removals::Removal)> {
        let list = self.report.removals.list.iter().enumerate();
        list.filter(|(_, removal)| removal.operation == Some(index)).collect()
    }

    fn outcome(&self, index: usize) -> &Outcome {
        self.outcomes.get(index).unwrap_or(&Outcome::NotTried)
    }

    fn count(&self, is: impl Fn(&Outcome) -> bool) -> usize {
        (0..self.report.plan.operations.len()).filter(|index| is(self.outcome(*index))).count()
    }

    fn those(&self, is: impl Fn(&Outcome) -> bool) -> impl Iterator<Item = &Operation> {
        let operations = self.report.plan.operations.iter().enumerate();
        operations.filter(move |(index, _)| is(self.outcome(*index))).map(|(_, operation)| operation)
    }
}

/// Whether a change is to be made again, an invitation by whichever request.
fn is_again(again: &Change, change: &Change) -> bool {
    again == change || change.invitee().is_some() && again.invitee() == change.invitee()
}

/// Who is invited by a change, or has to accept it.
fn invited(change: &Change) -> Option<&Login> {
    match change {
        Change::InviteMember { login, .. }
        | Change::InviteAgain { login, .. }
        | Change::ChangeRole { login, .. }
        | Change::SetTeamMember { login, .. }
        | Change::SetCollaborator { login, .. }
        | Change::EditRepoInvitation { login, .. } => Some(login),
        _ => None,
    }
}
