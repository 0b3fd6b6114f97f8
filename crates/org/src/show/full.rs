//! A plan in full: for the terminal and the logs of people who may see everything.

use std::fmt::Write as _;

use serde::Serialize;

use super::category::Mark;
use super::line::Line;
use super::text::{capitalized, code, plain};
use super::{Counts, title};
use crate::guard::Trip;
use crate::plan::{Plan, Refusal, RefusalClass};
use crate::report::Style;

/// The version of the JSON form. It changes when a field goes or means something else.
pub const JSON_VERSION: u32 = 1;

/// A plan with what stands against it, in full.
#[derive(Clone, Copy, Debug)]
pub struct Full<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// The guards that stop it.
    pub trips: &'p [Trip],
    /// What the file is called.
    pub file: &'p str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Json<'p> {
    version: u32,
    counts: Counts,
    guards: Vec<JsonTrip<'p>>,
    #[serde(flatten)]
    plan: &'p Plan,
}

#[derive(Serialize)]
struct JsonTrip<'p> {
    #[serde(flatten)]
    trip: &'p Trip,
    message: String,
    field: Option<&'static str>,
}

impl Full<'_> {
    /// For a terminal, or a log.
    pub fn text(&self, style: Style) -> String {
        let paint = Paint(style);
        let mut text = format!("{}: {}\n", plain(self.plan.org.as_str()), title(&self.plan.operations));
        for (name, lines) in sections(self.plan) {
            let _ = writeln!(text, "\n{}", paint.bold(name));
            for line in lines {
                let place = line.place.map(|number| paint.dim(&format!("  {}:{number}", self.file)));
                let marked = paint.of(&line, &format!("{} {}", line.mark.sign(), line.text));
                let _ = writeln!(text, "  {marked}{}", place.unwrap_or_default());
                for setting in line.settings {
                    let _ = writeln!(text, "      {setting}");
                }
            }
        }
        for (note, lines) in self.notes(plain) {
            let _ = writeln!(text, "\n{note}");
            for line in lines {
                let _ = writeln!(text, "  {line}");
            }
        }
        for (place, message, help) in self.stops() {
            let _ = write!(text, "\n{}{} {message}", paint.red("error"), paint.bold(":"));
            if let Some(line) = place {
                let _ = write!(text, "\n  --> {}:{line}", self.file);
            }
            let _ = writeln!(text, "\n  = help: {help}");
        }
        text
    }

    /// As Markdown: a block that GitHub colours, and what else is worth knowing.
    pub fn markdown(&self) -> String {
        let mut text = format!("### {}: {}\n", plain(self.plan.org.as_str()), title(&self.plan.operations));
        for (message, help) in self.stops().into_iter().map(|(_, message, help)| (message, help)) {
            let _ = write!(text, "\n> **{message}**\n> {help}\n");
        }
        let sections = sections(self.plan);
        if !sections.is_empty() {
            text.push_str("\n```diff\n");
            for (index, (name, lines)) in sections.into_iter().enumerate() {
                let gap = if index == 0 { "" } else { "\n" };
                let _ = writeln!(text, "{gap}# {name}");
                for line in lines {
                    // What GitHub colours for a change.
                    let sign = if line.mark == Mark::Change { '!' } else { line.mark.sign() };
                    let place = line.place.map(|number| format!("  (line {number})")).unwrap_or_default();
                    let _ = writeln!(text, "{sign} {}{place}", line.text);
                    for setting in line.settings {
                        let _ = writeln!(text, "      {setting}");
                    }
                }
            }
            text.push_str("```\n");
        }
        for (note, lines) in self.notes(code) {
            let _ = writeln!(text, "\n{note}");
            for line in lines {
                let _ = write!(text, "\n- {}", code(&line));
            }
            if text.ends_with('`') {
                text.push('\n');
            }
        }
        text
    }

    /// For programs: the plan's fields beside `version`, `counts` and `guards`. On one line for each level.
    ///
    /// # Errors
    /// Only if JSON can't hold a value, which none of these types lets happen.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        let guards =
            self.trips.iter().map(|trip| JsonTrip { trip, message: trip.to_string(), field: trip.field() });
        let json = Json {
            version: JSON_VERSION,
            counts: Counts::of(&self.plan.operations),
            guards: guards.collect(),
            plan: self.plan,
        };
        Ok(serde_json::to_string_pretty(&json)? + "\n")
    }

    /// What keeps it from being applied: the line, what, and what to do.
    fn stops(&self) -> Vec<(Option<u32>, String, String)> {
        let impossible =
            self.plan.refusals.iter().filter(|refusal| refusal.class == RefusalClass::Impossible);
        let refused = impossible.map(|Refusal { line, message, hint, .. }| {
            (*line, format!("{message}."), format!("{}.", capitalized(hint)))
        });
        let trips = self.trips.iter().map(|trip| (trip.line(), trip.sentence(None), trip.remedy()));
        refused.chain(trips).collect()
    }

    /// What else is worth knowing: a sentence, and lines below it. `quote` is how names are shown.
    fn notes(&self, quote: fn(&str) -> String) -> Vec<(String, Vec<String>)> {
        let mut notes = Vec::new();
        if !self.plan.waiting.is_empty() {
            let waits = self.plan.waiting.iter().map(|waiting| {
                let team = waiting.team.as_ref().map(|team| format!(" (team {})", quote(team.as_str())));
                let repo =
                    waiting.repo.as_ref().map(|repo| format!(" (repository {})", quote(repo.as_str())));
                format!("{}{}", quote(waiting.login.as_str()), team.or(repo).unwrap_or_default())
            });
            let waits = waits.collect::<Vec<_>>().join(", ");
            notes.push((format!("Invited, and yet to accept: {waits}."), Vec::new()));
        }
        if !self.plan.left_out.is_empty() {
            let names = self.plan.left_out.iter().map(|login| quote(login.as_str()));
            let names = names.collect::<Vec<_>>().join(", ");
            notes.push((format!("Left out, because GitHub knows nobody of that name: {names}."), Vec::new()));
        }
        notes
    }
}

/// What changes, in groups: removals and other losses first.
fn sections(plan: &Plan) -> Vec<(&'static str, Vec<Line>)> {
    let (losses, others): (Vec<Line>, Vec<Line>) =
        plan.operations.iter().filter_map(Line::of).partition(|line| line.is_loss);
    let (added, changed): (Vec<Line>, Vec<Line>) =
        others.into_iter().partition(|line| line.mark == Mark::Add);
    let sections = [("Removals", losses), ("Additions", added), ("Changes", changed)];
    sections.into_iter().filter(|(_, lines)| !lines.is_empty()).collect()
}

/// ANSI colours, where they are wanted.
struct Paint(Style);

impl Paint {
    fn paint(&self, code: &str, text: &str) -> String {
        match self.0 {
            Style::Plain => text.to_owned(),
            Style::Colour => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }

    fn of(&self, line: &Line, text: &str) -> String {
        let code = match line.mark {
            _ if line.is_loss => "31",
            Mark::Remove => "31",
            Mark::Add => "32",
            Mark::Change => "33",
        };
        self.paint(code, text)
    }

    fn red(&self, text: &str) -> String {
        self.paint("1;31", text)
    }

    fn bold(&self, text: &str) -> String {
        self.paint("1", text)
    }

    fn dim(&self, text: &str) -> String {
        self.paint("2", text)
    }
}
