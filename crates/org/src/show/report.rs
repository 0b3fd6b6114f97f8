//! A plan with all that was decided about it: for GitHub, the terminal, logs and programs.

use std::fmt::Write as _;

use serde::Serialize;

use super::category::Mark;
use super::check::{Check, check, notes, people_notes};
use super::item::{Item, of_place};
use super::list::sections;
use super::text::{capitalized, plain, sentence};
use super::{Counts, Disclosure, Namer, title};
use crate::file::report::Style;
use crate::guard::Trip;
use crate::plan::{Plan, Refusal, RefusalClass, Warning};
use crate::removals::{Removal, Removals, Subject};
use crate::review::Judgement;
use crate::{Permission, RepoName, TeamName};

/// The version of the JSON form. It changes when a field goes or means something else.
pub const JSON_VERSION: u32 = 2;

/// A plan with all that was decided about it.
#[derive(Clone, Copy, Debug)]
pub struct PlanReport<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// What it removes.
    pub removals: &'p Removals,
    /// The guards that stop it.
    pub trips: &'p [Trip],
    /// What becomes of removals that no preview showed.
    pub judgement: &'p Judgement,
    /// What the file is called.
    pub file: &'p str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Json<'p> {
    version: u32,
    counts: Counts,
    guards: Vec<JsonTrip<'p>>,
    /// What no operation takes: what teams inherit no more because of the operations.
    inherited_removals: Vec<JsonInherited<'p>>,
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

/// Access that a team loses because a team above it loses it, or because it moves.
#[derive(Serialize)]
struct JsonInherited<'p> {
    team: &'p TeamName,
    repo: &'p RepoName,
    /// What it still may do there.
    left: Option<Permission>,
}

/// Something about a plan that stands on lines of its own.
struct Remark {
    line: Option<u32>,
    message: String,
    hint: Option<String>,
}

impl PlanReport<'_> {
    /// The changes in one line, removals first.
    pub fn title(&self) -> String {
        title(self.plan, self.removals)
    }

    /// How many operations there are.
    pub fn counts(&self) -> Counts {
        Counts::of(self.plan, self.removals)
    }

    /// For a check on GitHub.
    pub fn check(&self, disclosure: &Disclosure) -> Check {
        check(self, disclosure)
    }

    /// For a terminal, or a log: in full.
    pub fn text(&self, style: Style) -> String {
        let (paint, namer) = (Paint(style), Namer::terminal());
        let mut text = format!("{}: {}\n", plain(self.plan.org.as_str()), self.title());
        for (name, items) in sections(Item::of_plan(self.plan, self.removals, &namer)) {
            let _ = writeln!(text, "\n{}", paint.bold(name));
            for item in items {
                let place = item.line.map(|number| paint.dim(&format!("  {}:{number}", self.file)));
                let marked = paint.of(&item, &format!("{} {}", item.mark().sign(), phrase(&item)));
                let _ = writeln!(text, "  {marked}{}", place.unwrap_or_default());
                for setting in item.settings {
                    let _ = writeln!(text, "      {setting}");
                }
            }
        }
        for note in people_notes(self.plan, &namer) {
            let _ = writeln!(text, "\n{note}");
        }
        let notes = remarks(&self.plan.redundant).into_iter().map(|remark| (paint.dim("note"), remark));
        let warnings =
            remarks(&self.plan.warnings).into_iter().map(|remark| (paint.yellow("warning"), remark));
        for (level, remark) in
            notes.chain(warnings).chain(self.stops().into_iter().map(|stop| (paint.red("error"), stop)))
        {
            let _ = write!(text, "\n{level}{} {}", paint.bold(":"), remark.message);
            if let Some(line) = remark.line {
                let _ = write!(text, "\n  --> {}:{line}", self.file);
            }
            text.push('\n');
            if let Some(hint) = remark.hint {
                let _ = writeln!(text, "  = help: {hint}");
            }
        }
        text
    }

    /// As Markdown, in full: a block that GitHub colours, and what else is worth knowing.
    pub fn markdown(&self) -> String {
        let mut text = format!("### {}: {}\n", plain(self.plan.org.as_str()), self.title());
        for stop in self.stops() {
            let _ = write!(text, "\n> **{}**\n> {}\n", stop.message, stop.hint.unwrap_or_default());
        }
        let sections = sections(Item::of_plan(self.plan, self.removals, &Namer::terminal()));
        if !sections.is_empty() {
            text.push_str("\n```diff\n");
            for (index, (name, items)) in sections.into_iter().enumerate() {
                let gap = if index == 0 { "" } else { "\n" };
                let _ = writeln!(text, "{gap}# {name}");
                for item in items {
                    // What GitHub colours for a change.
                    let sign = if item.mark() == Mark::Change { '!' } else { item.mark().sign() };
                    let place = item.line.map(|number| format!("  (line {number})")).unwrap_or_default();
                    let _ = writeln!(text, "{sign} {}{place}", phrase(&item));
                    for setting in item.settings {
                        let _ = writeln!(text, "      {setting}");
                    }
                }
            }
            text.push_str("```\n");
        }
        for note in notes(self.plan, &Namer::markdown()) {
            let _ = writeln!(text, "\n{note}");
        }
        text
    }

    /// For programs: the plan's fields beside `version`, `counts` and `guards`.
    ///
    /// # Errors
    /// Only if JSON can't hold a value, which none of these types lets happen.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        let guards =
            self.trips.iter().map(|trip| JsonTrip { trip, message: trip.to_string(), field: trip.field() });
        let json = Json {
            version: JSON_VERSION,
            counts: self.counts(),
            guards: guards.collect(),
            inherited_removals: self.removals.list.iter().filter_map(inherited).collect(),
            plan: self.plan,
        };
        Ok(serde_json::to_string_pretty(&json)? + "\n")
    }

    /// What keeps it from being applied.
    fn stops(&self) -> Vec<Remark> {
        let impossible =
            self.plan.refusals.iter().filter(|refusal| refusal.class == RefusalClass::Impossible);
        let refused = impossible.map(|Refusal { line, message, hint, .. }| Remark {
            line: *line,
            message: sentence(message),
            hint: Some(sentence(&capitalized(hint))),
        });
        let namer = Namer::terminal();
        let trips = self.trips.iter().map(|trip| Remark {
            line: trip.line(),
            message: trip.sentence(&namer),
            hint: Some(match trip.flag() {
                Some(flag) => format!("{} On the command line: `{flag}`.", trip.remedy()),
                None => trip.remedy(),
            }),
        });
        refused.chain(trips).collect()
    }
}

fn inherited(removal: &Removal) -> Option<JsonInherited<'_>> {
    match &removal.subject {
        Subject::TeamRepo { team, repo, left } if removal.operation.is_none() => {
            Some(JsonInherited { team, repo, left: *left })
        }
        _ => None,
    }
}

fn remarks(of: &[Warning]) -> Vec<Remark> {
    let remark = |Warning { line, message, hint, .. }: &Warning| Remark {
        line: *line,
        message: sentence(message),
        hint: hint.as_ref().map(|hint| sentence(&capitalized(hint))),
    };
    of.iter().map(remark).collect()
}

/// What a line says of a change: `lowered collaborator of site: eve (admin → read)`.
pub(super) fn phrase(item: &Item) -> String {
    let (_, one, _) = item.category.words();
    let name = item.described(false).map(|name| format!(": {name}"));
    format!("{one}{}{}", of_place(&item.place), name.unwrap_or_default())
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

    fn of(&self, item: &Item, text: &str) -> String {
        let code = match item.mark() {
            _ if item.category.is_removal() => "31",
            Mark::Remove => "31",
            Mark::Add => "32",
            Mark::Change => "33",
        };
        self.paint(code, text)
    }

    fn red(&self, text: &str) -> String {
        self.paint("1;31", text)
    }

    fn yellow(&self, text: &str) -> String {
        self.paint("1;33", text)
    }

    fn bold(&self, text: &str) -> String {
        self.paint("1", text)
    }

    fn dim(&self, text: &str) -> String {
        self.paint("2", text)
    }
}
