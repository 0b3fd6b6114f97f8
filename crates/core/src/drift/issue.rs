//! The one issue about drift in the config repository: what stands in it, and what becomes of it.
//!
//! People may edit and close it. One that was closed by hand stays so while it would say the same; else it is opened
//! again, and never is a second one made.

use crate::run::check;

/// The issue's title.
pub const TITLE: &str = "The organization differs from its file";
/// How it is found again where somebody changed its title.
const MARKER: &str = "<!-- peribolos-operator: drift -->";
/// The text that is added when the drift has disappeared.
const SOLVED: &str = "**The organization is as its file says again.**\n\n";

/// An issue that this App wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known<'a> {
    /// Its number, higher ones are newer.
    pub number: u64,
    /// Its title.
    pub title: &'a str,
    /// Its text.
    pub body: &'a str,
    /// Whether it is open.
    pub open: bool,
}

/// What is to be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Leave,
    /// There is none yet.
    Create {
        /// Its text.
        body: String,
    },
    /// It says something else by now.
    Update {
        /// Its number.
        number: u64,
        /// Its text.
        body: String,
        /// Whether it is to be open.
        open: bool,
    },
}

/// What becomes of the issue when there is drift. `body` comes from [`body`].
pub fn found<'a>(issues: impl IntoIterator<Item = Known<'a>>, body: String) -> Step {
    match ours(issues) {
        None => Step::Create { body },
        Some(issue) if issue.body == body => Step::Leave,
        Some(issue) => Step::Update { number: issue.number, body, open: true },
    }
}

/// What becomes of it when there is none.
pub fn gone<'a>(issues: impl IntoIterator<Item = Known<'a>>) -> Step {
    match ours(issues) {
        Some(issue) if issue.open => {
            let body = issue.body.strip_prefix(SOLVED).unwrap_or(issue.body);
            Step::Update { number: issue.number, body: format!("{SOLVED}{body}"), open: false }
        }
        _ => Step::Leave,
    }
}

/// The newest of those that are open, else the newest. Whoever edits the text may leave the title, or the other way round.
fn ours<'a>(issues: impl IntoIterator<Item = Known<'a>>) -> Option<Known<'a>> {
    let ours = issues.into_iter().filter(|issue| issue.title == TITLE || issue.body.contains(MARKER));
    ours.max_by_key(|issue| (issue.open, issue.number))
}

/// The text of the issue. `summary` is from a pod; `path` is the file's.
pub fn body(summary: &str, path: &str, is_corrected: bool) -> String {
    let what_next = if is_corrected {
        "It is corrected by an apply of the file, unless a guard stops that."
    } else {
        "If the file is right, an owner comments `/peribolos apply` here. If GitHub is right, change the file."
    };
    format!(
        "Somebody changed the organization by hand, or an invitation was declined: it is no longer as `{path}` says. An \
         apply of the file would do this:\n\n{}\n\n{what_next} This issue is closed by itself.\n\n{MARKER}\n",
        check::defuse(summary)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known<'a>(number: u64, open: bool, title: &'a str, body: &'a str) -> Known<'a> {
        Known { number, title, body, open }
    }

    fn update(number: u64, body: &str, open: bool) -> Step {
        Step::Update { number, body: body.into(), open }
    }

    #[test]
    fn drift_makes_one_issue_and_never_a_second() {
        let body = body("- 1 team", "peribolos.yaml", false);
        let now = |issues: &[Known<'_>]| found(issues.iter().copied(), body.clone());
        assert_eq!(now(&[]), Step::Create { body: body.clone() });
        assert_eq!(now(&[known(1, true, "x", "mine")]), Step::Create { body: body.clone() });
        assert_eq!(now(&[known(1, true, TITLE, &body)]), Step::Leave);
        let edited = [known(1, true, TITLE, "edited by hand"), known(2, false, TITLE, "older")];
        assert_eq!(now(&edited), update(1, &body, true));
        let renamed = format!("old words {MARKER}");
        assert_eq!(now(&[known(1, true, "renamed", &renamed)]), update(1, &body, true));
    }

    #[test]
    fn what_was_closed_by_hand_stays_closed_while_it_says_the_same() {
        let same = body("- 1 team", "peribolos.yaml", false);
        let closed = known(3, false, TITLE, &same);
        assert_eq!(found([closed], same.clone()), Step::Leave);
        let other = body("- 2 teams", "peribolos.yaml", false);
        assert_eq!(found([closed], other.clone()), update(3, &other, true));
    }

    #[test]
    fn it_is_closed_by_itself_and_opened_again_for_the_same() {
        let body = body("- 1 team", "peribolos.yaml", true);
        let Step::Update { number: 3, body: solved, open: false } = gone([known(3, true, TITLE, &body)])
        else {
            panic!("stays open")
        };
        assert!(solved.starts_with(SOLVED) && solved.ends_with(&body));
        assert_eq!(gone([known(3, false, TITLE, &solved)]), Step::Leave);
        assert_eq!(gone([known(3, true, TITLE, &solved)]), update(3, &solved, false));
        assert_eq!(found([known(3, false, TITLE, &solved)], body.clone()), update(3, &body, true));
        assert_eq!(gone([]), Step::Leave);
    }
}
