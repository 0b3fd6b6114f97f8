//! What of a plan is not in force: what failed, and what was not done because of it, withheld, left or not reached.

use super::super::Namer;
use super::super::item::of_teams;
use super::super::sentence::Sentence;
use super::super::text::{capitalized, sentence, tidy};
use super::invited;
use super::section::Section;
use crate::Login;
use crate::plan::{Failure, InvitedTeam, Lost, NotSentReason, Operation, Outcome, Plan, Stays, Withheld};

/// What of a plan is not in force.
pub(super) struct Problems<'p, 'd> {
    pub(super) plan: &'p Plan,
    pub(super) outcomes: &'p [Outcome],
    pub(super) namer: Namer<'d>,
    /// What the organization was found to have lost afterwards; none: it was not read again.
    pub(super) lost: Option<&'p [Lost]>,
    /// Teams that were made and that the person whose token made them could not be taken out of.
    pub(super) stays: &'p [Stays],
}

impl Problems<'_, '_> {
    pub(super) fn sections(&self) -> Vec<Section> {
        let (mut failed, mut skipped, mut unsent, mut withheld) = (vec![], vec![], vec![], vec![]);
        let (mut kept, mut left, mut untried) = (Vec::new(), Vec::new(), Vec::new());
        for (index, operation) in self.plan.operations.iter().enumerate() {
            let is = Sentence::of(&operation.change, &self.namer);
            let line = operation.line.map(|line| format!("line {line}: ")).unwrap_or_default();
            match self.outcomes.get(index).unwrap_or(&Outcome::NotTried) {
                Outcome::Done | Outcome::Waiting => {}
                Outcome::Failed(failure) => failed.push(format!("{line}{}", refused(&is, failure))),
                Outcome::NotSent { reason, failure } => {
                    unsent.push(format!("{line}{}", not_sent(&is, *reason, failure)));
                }
                Outcome::Skipped { because } => {
                    let base = self.not_in_force(self.cause(*because));
                    skipped.push(format!("{line}{}, because {base}", is.was_not()));
                }
                Outcome::Withheld(reason) if reason.awaits_acceptance(self.outcomes) => {
                    kept.push(format!("{line}{}: {}", is.was_not(), self.waits_for(reason)));
                }
                Outcome::Withheld(reason) => {
                    withheld.push(format!("{line}{}: {}", is.was_not(), self.waits_for(reason)));
                }
                Outcome::Left(found) => {
                    // What was found may have names in it.
                    let found = if is.is_named() { format!(": {}", tidy(found)) } else { String::new() };
                    left.push(format!("{line}{}{found}", is.was_not()));
                }
                Outcome::NotTried => untried.push(format!("{line}{}", is.was_not())),
            }
        }
        for Stays { team, login, failure } in self.stays {
            let login = self.namer.login(login).unwrap_or_else(unnamed);
            let team = self
                .namer
                .team(team)
                .map_or_else(|| "a new team".to_owned(), |team| format!("the new team {team}"));
            failed.push(format!(
                "{login} could not be taken out of {team}, of which GitHub has made them a maintainer: {}. What to do: take them out \
                 on GitHub",
                tidy(&failure.sentence)
            ));
        }
        let (lost, lost_end) = self.lost_lines();
        let left_end = "The next apply reads the organization again and compares it with the file.";
        let sections = [
            ("Failed", failed, None),
            ("Places in teams that are lost with an invitation", lost, Some(lost_end)),
            ("Not sent to GitHub", unsent, None),
            ("Not done because of it", skipped, None),
            ("Withheld", withheld, None),
            ("Left out, because it changed in the meantime", left, Some(left_end)),
            ("Kept until an invitation is accepted", kept, None),
            ("Not tried", untried, None),
        ];
        let sections = sections.into_iter().filter(|(_, lines, _)| !lines.is_empty());
        sections
            .map(|(title, lines, end)| {
                let section = Section::new(title, lines);
                end.map_or(section.clone(), |end| section.ending(end))
            })
            .collect()
    }

    /// Whose invitation was cancelled for another one, with the teams in which they have lost their places. Where the
    /// organization was not read again, those whose new invitation was not sent.
    fn lost(&self) -> Vec<(&Login, &[InvitedTeam])> {
        if let Some(lost) = self.lost {
            return lost.iter().map(|lost| (&lost.login, lost.teams.as_slice())).collect();
        }
        let is_sent = |index: usize| self.outcomes.get(index).is_some_and(Outcome::is_base);
        let all = self.plan.sent_again(self.outcomes).filter(|(index, ..)| !is_sent(*index));
        all.map(|(_, login, teams)| (login, teams)).collect()
    }

    /// The lines about lost places, and what to do about them.
    fn lost_lines(&self) -> (Vec<String>, &'static str) {
        let lost = self.lost();
        let line = |(login, teams): &(&Login, &[InvitedTeam])| {
            format!("{}: {}", person_named(login, &self.namer), of_teams(teams, &self.namer))
        };
        let lines = lost.iter().map(line).collect();
        let mut teams = lost.iter().flat_map(|(_, teams)| teams.iter());
        let end = if teams.all(|team| self.namer.team(&team.name).is_some()) {
            "An apply of this file does not give them back, and takes away what they were to replace: name them in the file, or \
             give them on GitHub."
        } else {
            "An apply of this file does not give them back, and takes away what they were to replace: give them on GitHub. The \
             platform team can look up all names."
        };
        (lines, end)
    }

    /// The operation that is the reason in the end: what was skipped has a reason itself.
    fn cause(&self, mut index: usize) -> usize {
        // What is needed comes earlier, so this ends.
        while let Some(Outcome::Skipped { because }) = self.outcomes.get(index) {
            if *because >= index {
                break;
            }
            index = *because;
        }
        index
    }

    /// An operation that is not in force, and how it ended.
    fn not_in_force(&self, index: usize) -> String {
        let Some(Operation { change, .. }) = self.plan.operations.get(index) else {
            return "something else was not done".to_owned();
        };
        let is = Sentence::of(change, &self.namer);
        match self.outcomes.get(index) {
            Some(Outcome::Failed(_)) => is.could_not(),
            Some(Outcome::Waiting) => self.yet_to_accept(invited(change)),
            _ => is.was_not(),
        }
    }

    fn yet_to_accept(&self, person: Option<&Login>) -> String {
        let person = person.map_or_else(unnamed, |login| person_named(login, &self.namer));
        format!("{person} has yet to accept an invitation")
    }

    fn waits_for(&self, reason: &Withheld) -> String {
        match reason {
            Withheld::Grant { operation } => self.not_in_force(*operation),
            Withheld::Invitation { waiting } => {
                self.yet_to_accept(self.plan.waiting.get(*waiting).map(|waiting| &waiting.login))
            }
            Withheld::Owners { left, minimum } => {
                let owners = if *left == 1 { "active owner" } else { "active owners" };
                format!("{left} {owners} would be left, and there must be {minimum}")
            }
            Withheld::RequiredOwner => "the platform team requires that the person stays an owner".to_owned(),
        }
    }
}

fn person_named(login: &Login, namer: &Namer<'_>) -> String {
    namer.login(login).unwrap_or_else(unnamed)
}

fn unnamed() -> String {
    "somebody whom the file does not name".to_owned()
}

/// A change that GitHub refused: with its answer, as far as nothing in that can be a name that may not be shown.
fn refused(is: &Sentence, failure: &Failure) -> String {
    let answer = answer(is, failure).unwrap_or_else(|| "it could not be done".to_owned());
    format!("{}: {} {}", is.could_not(), sentence(&answer), what_to_do(failure))
}

/// A change whose request was not sent: with what was refused in its place.
fn not_sent(is: &Sentence, reason: NotSentReason, failure: &Failure) -> String {
    let because = match reason {
        NotSentReason::Unread => "what it is about could not be read",
        NotSentReason::HeadUnread => "the newest version of the file could not be read",
        NotSentReason::PermissionMissing => "a permission for changes of its kind is missing",
        NotSentReason::InvitationLimit => "GitHub takes no more invitations",
    };
    let because = match answer(is, failure) {
        Some(answer) => format!("{because}: {answer}"),
        None => because.to_owned(),
    };
    format!("{}, because {} {}", is.was_not(), sentence(&because), what_to_do(failure))
}

fn what_to_do(failure: &Failure) -> String {
    format!("What to do: {}", sentence(&capitalized(&failure.what_to_do)))
}

/// GitHub's answer, or what kept one from coming, as far as it may be shown.
fn answer(is: &Sentence, failure: &Failure) -> Option<String> {
    let sentence = Some(tidy(&failure.sentence)).filter(|sentence| is.is_named() && !sentence.is_empty());
    match (failure.status, sentence) {
        (Some(status), Some(said)) => Some(format!("GitHub answered {status}, {said}")),
        (Some(status), None) => Some(format!("GitHub answered {status}")),
        (None, sentence) => sentence,
    }
}
