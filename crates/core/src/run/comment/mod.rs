//! What a run that has ended says in comments: the preview on its pull request, the result on the pull requests that an Apply
//! applied, the answer to the comment that requested it.
//!
//! Each comment ends with a marker that names the run, so it is known from what GitHub has whose result it shows. A preview or
//! a result is one comment of a pull request, which the next run edits; an answer is written once.

mod body;
mod wanted;

pub use wanted::wanted;

/// What a comment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// What merging a pull request would change.
    Preview,
    /// What merging it did.
    Result,
    /// The answer to a command.
    Answer,
}

impl Kind {
    /// How the marker begins of comments that this kind edits in place. None: each run writes its own.
    const fn shared(self) -> Option<&'static str> {
        match self {
            Self::Preview => Some("<!-- peribolos-preview "),
            Self::Result => Some("<!-- peribolos-result "),
            Self::Answer => None,
        }
    }

    /// The marker of a run's comment.
    pub fn marker(self, run: &str) -> String {
        format!("{}{run} -->", self.shared().unwrap_or("<!-- peribolos-answer "))
    }
}

/// A comment as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// The number of the issue or pull request.
    pub on: i64,
    /// What it is for.
    pub kind: Kind,
    /// Its text, in Markdown, with the marker.
    pub body: String,
    /// The marker.
    pub marker: String,
    /// Whether it is worth a comment of its own. If not, it only replaces what an earlier run has written there.
    pub is_news: bool,
}

/// A comment of this App that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen<'a> {
    /// Its id, higher ones are newer.
    pub id: u64,
    /// Its text.
    pub body: &'a str,
}

/// What is to be done about a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing: it is as it should be.
    Leave,
    /// It is not there.
    Create,
    /// It shows another run's result.
    Edit(u64),
    /// It is there twice: a request whose answer was lost has taken effect after all.
    Delete(u64),
}

impl Post {
    /// What is to be done, given this App's comments there.
    pub fn step<'a>(&self, comments: impl IntoIterator<Item = Seen<'a>>) -> Step {
        let marker = self.kind.shared().unwrap_or(&self.marker);
        let mut ours: Vec<Seen<'a>> =
            comments.into_iter().filter(|comment| comment.body.contains(marker)).collect();
        ours.sort_by_key(|comment| comment.id);
        match ours.as_slice() {
            [] if self.is_news => Step::Create,
            [] => Step::Leave,
            // The first one stays: people may have linked to it.
            [.., surplus] if ours.len() > 1 => Step::Delete(surplus.id),
            [first, ..] if first.body.contains(&self.marker) => Step::Leave,
            [first, ..] => Step::Edit(first.id),
        }
    }
}

/// A comment that is known to be as it should be, or that was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Where it is.
    pub on: i64,
    /// What it is for.
    pub kind: Kind,
    /// When it was written or read. None: it was given up.
    pub at: Option<jiff::Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(kind: Kind, is_news: bool) -> Post {
        let marker = kind.marker("uid");
        Post { on: 7, kind, body: format!("text\n\n{marker}"), marker, is_news }
    }

    fn step(post: &Post, bodies: &[&str]) -> Step {
        post.step(bodies.iter().zip(1..).map(|(body, id)| Seen { id, body }))
    }

    #[test]
    fn a_preview_is_one_comment_that_is_edited() {
        let preview = post(Kind::Preview, true);
        let earlier = format!("old\n\n{}", Kind::Preview.marker("other"));
        assert_eq!(step(&preview, &["a person's"]), Step::Create);
        assert_eq!(step(&preview, &["a person's", &earlier]), Step::Edit(2));
        assert_eq!(step(&preview, &[&preview.body]), Step::Leave);
        assert_eq!(step(&preview, &[&earlier, &preview.body]), Step::Delete(2));
        let result = format!("done\n\n{}", Kind::Result.marker("uid"));
        assert_eq!(step(&preview, &[&result]), Step::Create, "a result is another comment");
    }

    #[test]
    fn an_answer_is_written_once_for_each_request() {
        let answer = post(Kind::Answer, true);
        let earlier = format!("old\n\n{}", Kind::Answer.marker("other"));
        assert_eq!(step(&answer, &[&earlier]), Step::Create);
        assert_eq!(step(&answer, &[&earlier, &answer.body]), Step::Leave);
        assert_eq!(step(&answer, &[&answer.body, &earlier, &answer.body]), Step::Delete(3));
    }

    #[test]
    fn what_is_no_news_only_replaces() {
        let unchanged = post(Kind::Preview, false);
        let earlier = format!("old\n\n{}", Kind::Preview.marker("other"));
        assert_eq!(step(&unchanged, &[]), Step::Leave);
        assert_eq!(step(&unchanged, &[&earlier]), Step::Edit(1));
    }
}
