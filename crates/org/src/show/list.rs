//! Changes as a list in Markdown: grouped and counted, removals first, and bounded.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::category::{Category, Mark};
use super::item::{Item, Place, of_place};
use super::text::counted;

/// So many names are given of one group; the rest is counted. Removals are named as far as there is room.
pub const MAX_NAMES: usize = 30;

/// So many names stand on one line of a group of removals.
const NAMES_A_LINE: usize = 40;

/// A text in lines, which knows the removals that it names.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines(Vec<Line>);

#[derive(Clone, Debug)]
struct Line {
    text: String,
    /// Removals that are named on it, by their indexes.
    removals: Vec<usize>,
}

impl Lines {
    /// Adds a paragraph that names no removal.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.gap();
        self.0.extend(text.lines().map(|line| Line { text: line.to_owned(), removals: Vec::new() }));
    }

    /// Adds changes as a paragraph below its title, if there are any.
    pub(super) fn changes(&mut self, title: &str, items: Vec<Item>) {
        if items.is_empty() {
            return;
        }
        self.paragraph(title);
        self.list(items);
    }

    /// Adds changes in groups: removals, additions, changes.
    pub(super) fn sections(&mut self, items: Vec<Item>) {
        for (title, items) in sections(merged(items)) {
            self.changes(&format!("**{title}**"), items);
        }
    }

    fn list(&mut self, items: Vec<Item>) {
        let mut groups: BTreeMap<(Category, Place), Vec<Item>> = BTreeMap::new();
        for item in items {
            groups.entry((item.category, item.place.clone())).or_default().push(item);
        }
        for ((category, place), items) in groups {
            self.group(category, &place, items);
        }
    }

    fn group(&mut self, category: Category, place: &Place, items: Vec<Item>) {
        let (mark, one, more) = category.words();
        let what = format!("- `{}` {}{}", mark.sign(), counted(items.len(), one, more), of_place(place));
        let mut names: Vec<(String, Option<usize>)> =
            items.iter().filter_map(|item| Some((item.described(true)?, item.removal))).collect();
        let unnamed = items.len() - names.len();
        if names.is_empty() {
            // The members of a team that may not be named are not named either.
            let unnamed = if place.is_named() { " that the file does not name" } else { "" };
            return self.line(format!("{what}{unnamed}"), Vec::new());
        }
        names.sort_unstable();
        let kept = if category.is_removal() { names.len() } else { MAX_NAMES };
        let more = names.len().saturating_sub(kept);
        names.truncate(kept);
        let mut rest = Vec::new();
        if more > 0 {
            rest.push(format!("{more} more"));
        }
        if unnamed > 0 {
            rest.push(format!("{unnamed} that the file does not name"));
        }
        let rest = if rest.is_empty() { String::new() } else { format!(" and {}", rest.join(" and ")) };
        let chunks = names.len().div_ceil(NAMES_A_LINE);
        for (index, chunk) in names.chunks(NAMES_A_LINE).enumerate() {
            let lead = if index == 0 { format!("{what}: ") } else { "  ".to_owned() };
            let end = if index + 1 == chunks { rest.as_str() } else { "," };
            let shown: Vec<&str> = chunk.iter().map(|(name, _)| name.as_str()).collect();
            let removals = chunk.iter().filter_map(|(_, removal)| *removal).collect();
            self.line(format!("{lead}{}{end}", shown.join(", ")), removals);
        }
    }

    fn line(&mut self, text: String, removals: Vec<usize>) {
        self.0.push(Line { text, removals });
    }

    fn gap(&mut self) {
        if !self.0.is_empty() {
            self.line(String::new(), Vec::new());
        }
    }

    /// Whether nothing was added.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text, cut between its lines where it is longer than `bytes`, with how many are missing; and the removals that
    /// it names.
    pub(super) fn bounded(self, bytes: usize) -> (String, BTreeSet<usize>) {
        /// The note about missing lines fits into it.
        const ROOM: usize = 60;
        let whole: usize = self.0.iter().map(|line| line.text.len() + 1).sum();
        let limit = if whole <= bytes { usize::MAX } else { bytes.saturating_sub(ROOM) };
        let (mut text, mut removals) = (String::new(), BTreeSet::new());
        let mut lines = self.0.into_iter().peekable();
        while let Some(line) = lines.next_if(|line| text.len() + line.text.len() < limit) {
            text.push_str(&line.text);
            text.push('\n');
            removals.extend(line.removals);
        }
        let missing = lines.filter(|line| !line.text.is_empty()).count();
        if missing > 0 {
            let _ = write!(text, "\n…and {missing} more {}.", if missing == 1 { "line" } else { "lines" });
        }
        (text.trim_end().to_owned(), removals)
    }
}

/// Items in groups: removals, additions, changes. Those without any are left out.
pub(super) fn sections(items: Vec<Item>) -> Vec<(&'static str, Vec<Item>)> {
    let (removals, others): (Vec<Item>, Vec<Item>) =
        items.into_iter().partition(|item| item.category.is_removal());
    let (added, changed): (Vec<Item>, Vec<Item>) =
        others.into_iter().partition(|item| item.mark() == Mark::Add);
    let sections = [("Removals", removals), ("Additions", added), ("Changes", changed)];
    sections.into_iter().filter(|(_, items)| !items.is_empty()).collect()
}

/// Items with one for each thing that is created or changed, whatever number of operations it takes.
pub(super) fn merged(items: Vec<Item>) -> Vec<Item> {
    let mut kept: Vec<Item> = Vec::with_capacity(items.len());
    let mut first: BTreeMap<(Category, String), usize> = BTreeMap::new();
    for item in items {
        let created = match item.category {
            Category::RepoChanged => Some(Category::RepoCreated),
            Category::TeamChanged => Some(Category::TeamCreated),
            _ => None,
        };
        let found = created.and_then(|created| {
            let categories = [created, item.category];
            categories.into_iter().find_map(|category| first.get(&(category, item.subject.clone())))
        });
        if let Some(earlier) = found.and_then(|index| kept.get_mut(*index)) {
            earlier.settings.extend(item.settings);
        } else {
            first.entry((item.category, item.subject.clone())).or_insert(kept.len());
            kept.push(item);
        }
    }
    kept
}
