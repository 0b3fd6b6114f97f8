//! Whatever a step reports about whatever stands in a file: nothing in the text mentions, links, loads, hides, or reaches beyond its
//! own block.

use peribolos_core::run::comment::Kind;
use proptest::{collection::vec, prelude::*, sample::select};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

use crate::runs::{Run, posts};

/// Pieces of text that do something in Markdown, in HTML, or on GitHub.
const PIECES: [&str; 46] = [
    "@alice",
    "@acme/owners",
    "&commat;bob",
    "&#64;bob",
    "https://evil.example",
    "http://evil.example/a?b",
    "www.evil.example",
    "[x](https://evil.example)",
    "![x](//evil.example)",
    "[x]: //evil.example",
    "[x]",
    "<img src=x>",
    "<a href=x>",
    "</details>",
    "<details>",
    "<!--",
    "-->",
    "<!-- peribolos-preview 0a1b -->",
    "<!-- peribolos-result 0a1b -->",
    "<!-- peribolos-answer 0a1b -->",
    "<script>",
    "#12",
    "GH-12",
    "acme/site#3",
    "acme/site@0123456",
    "```",
    "```diff",
    "~~~",
    "`",
    "``",
    "\n",
    "\n\n",
    "    ",
    "\t",
    "> ",
    "- ",
    "1. ",
    "# ",
    "---",
    "|",
    "| a |\n|---|\n",
    "**",
    "_",
    "\\",
    "fixes #1",
    "/peribolos apply",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![4 => select(PIECES.to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,4}"];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Why a text must not be posted. None: nothing in it acts.
fn acts(body: &str, own: &[&str]) -> Option<String> {
    let mut markers = 0;
    for event in Parser::new_ext(body, Options::all()) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                if !html.trim().starts_with("<!-- peribolos-") {
                    return Some(format!("HTML: {html}"));
                }
                markers += 1;
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                return Some(format!("a link to {dest_url}"));
            }
            Event::Start(Tag::FootnoteDefinition(_) | Tag::CodeBlock(CodeBlockKind::Fenced(_)))
            | Event::FootnoteReference(_) => {
                return Some(format!("{event:?}"));
            }
            Event::Text(text) => {
                let text = own.iter().fold(text.to_string(), |text, own| text.replace(own, ""));
                for live in ["://", "www."] {
                    if text.contains(live) {
                        return Some(format!("{live} in {text}"));
                    }
                }
                let begins = |sign: char| {
                    let mut rest = text.as_str();
                    while let Some(at) = rest.find(sign) {
                        rest = &rest[at + sign.len_utf8()..];
                        if rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
                            return true;
                        }
                    }
                    false
                };
                if begins('@') || begins('#') {
                    return Some(format!("a mention in {text}"));
                }
            }
            _ => {}
        }
    }
    (markers != 1).then(|| format!("{markers} markers"))
}

proptest! {
    #[test]
    fn nothing_in_a_comment_acts(title in text(), summary in text()) {
        let runs = [
            Run::preview(&title, &summary),
            Run::preview(&title, &summary).requested(),
            Run::applied(&title, &summary),
            Run::applied(&title, &summary).requested(),
        ];
        for post in runs.iter().flat_map(posts) {
            prop_assert_eq!(acts(&post.body, &[]), None, "{}", post.body);
            prop_assert!(post.body.ends_with(&post.marker));
            let others = [Kind::Preview, Kind::Result, Kind::Answer].into_iter().filter(|kind| *kind != post.kind);
            for other in others {
                prop_assert!(!post.body.contains(&other.marker("0a1b")), "{}", post.body);
            }
            prop_assert!(!post.body.starts_with("/peribolos"), "it would be a command");
        }
    }
}

#[test]
fn what_acts_is_found() {
    for text in ["<b>", "[x](y)", "@alice", "see https://evil.example", "```\ncode\n```", "#12"] {
        assert!(acts(&format!("{text}\n\n<!-- peribolos-preview 0a1b -->"), &[]).is_some(), "{text}");
    }
}
