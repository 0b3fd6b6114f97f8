//! The three-way merge of a text by lines, as git's `xdiff` makes it.
//!
//! What git merges depends on how it matches the lines of two versions, for which it has several algorithms; `git merge-file`
//! takes another than a merge of branches. So the merge is made with each of them. Where they agree, that is the result.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput, sources::byte_lines};

use super::{Doubt, Merge};

/// Git's default for comparing files, and the one of its merges of branches.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::Histogram, Algorithm::Myers, Algorithm::MyersMinimal];

/// So many lines before and after a change are beside it.
const NEAR: usize = 6;

/// Merges the lines of both sides.
pub(super) fn merge(ancestor: &[u8], ours: &[u8], theirs: &[u8]) -> Merge {
    let sides =
        ALGORITHMS.map(|algorithm| [hunks(ancestor, ours, algorithm), hunks(ancestor, theirs, algorithm)]);
    let merged = sides.iter().map(|sides| merge_hunks(ancestor, sides));
    // Git may also take another one of several places where a change fits.
    let widely = sides.iter().map(|sides| {
        let wide = sides.each_ref().map(|hunks| widened(ancestor, hunks));
        merge_hunks(ancestor, &wide)
    });
    // Of several lines that match, an algorithm takes the first or the last one.
    let backwards = ALGORITHMS.map(|algorithm| {
        let of = |side| hunks_from_the_end(ancestor, side, algorithm);
        merge_hunks(ancestor, &[of(ours), of(theirs)])
    });
    let mut ways = merged.chain(widely).chain(backwards);
    let first = ways.next().flatten();
    if ways.any(|other| other != first) {
        return Merge::Undecidable(Doubt::Ambiguous);
    }
    match first {
        // Where git may match other lines, the same text can come out of these algorithms by chance.
        Some(_) if sides.iter().any(|sides| may_meet(sides, ancestor)) => {
            Merge::Undecidable(Doubt::Ambiguous)
        }
        Some(text) => Merge::Merged(Some(text)),
        // Git may find other lines that match, and no conflict.
        None if sides.iter().flatten().flatten().any(|hunk| is_repeated(hunk, ancestor, [ours, theirs])) => {
            Merge::Undecidable(Doubt::Ambiguous)
        }
        None => Merge::Conflict,
    }
}

/// Whether a changed line is in one of the texts more than once.
fn is_repeated(hunk: &Hunk<'_>, ancestor: &[u8], sides: [&[u8]; 2]) -> bool {
    let replaced = byte_lines(ancestor).skip(hunk.replaced.start).take(hunk.replaced.len());
    let mut changed = replaced.chain(hunk.lines.iter().copied());
    let is_there_twice =
        |line: &[u8], text: &[u8]| byte_lines(text).filter(|other| *other == line).nth(1).is_some();
    changed.any(|line| is_there_twice(line, ancestor) || sides.iter().any(|text| is_there_twice(line, text)))
}

/// Whether a change may also be at another place, where it meets one of the other side: each of its lines is once more beside it.
fn may_meet(sides: &[Vec<Hunk<'_>>; 2], ancestor: &[u8]) -> bool {
    let lines: Vec<&[u8]> = byte_lines(ancestor).collect();
    let around =
        |hunk: &Hunk<'_>| hunk.replaced.start.saturating_sub(NEAR)..lines.len().min(hunk.replaced.end + NEAR);
    let is_repeated = |hunk: &&Hunk<'_>| {
        let Range { start, end } = around(hunk);
        let beside = [&lines[start..hunk.replaced.start], &lines[hunk.replaced.end..end]].concat();
        lines[hunk.replaced.clone()].iter().chain(&hunk.lines).all(|line| beside.contains(line))
    };
    let meets = |hunk: &Hunk<'_>, others: &[Hunk<'_>]| {
        let place = around(hunk);
        others.iter().any(|other| other.replaced.start <= place.end && place.start <= other.replaced.end)
    };
    let [ours, theirs] = sides;
    ours.iter().filter(is_repeated).any(|hunk| meets(hunk, theirs))
        || theirs.iter().filter(is_repeated).any(|hunk| meets(hunk, ours))
}

/// A changed place of one side.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hunk<'a> {
    /// The lines of the ancestor that are replaced.
    replaced: Range<usize>,
    /// The lines that replace them.
    lines: Vec<&'a [u8]>,
}

fn hunks<'a>(ancestor: &[u8], side: &'a [u8], algorithm: Algorithm) -> Vec<Hunk<'a>> {
    let input = InternedInput::new(byte_lines(ancestor), byte_lines(side));
    let mut diff = Diff::compute(algorithm, &input);
    // Where a change can be shifted, git shifts it in the same way.
    diff.postprocess_no_heuristic(&input);
    let lines: Vec<&[u8]> = byte_lines(side).collect();
    let hunk = |hunk: imara_diff::Hunk| Hunk {
        replaced: range(hunk.before),
        lines: lines[range(hunk.after)].to_vec(),
    };
    diff.hunks().map(hunk).collect()
}

/// The hunks that comparing the lines in the opposite order finds.
fn hunks_from_the_end<'a>(ancestor: &[u8], side: &'a [u8], algorithm: Algorithm) -> Vec<Hunk<'a>> {
    let mut input = InternedInput::new(byte_lines(ancestor), byte_lines(side));
    input.before.reverse();
    input.after.reverse();
    let lines: Vec<&[u8]> = byte_lines(side).collect();
    let (all_before, all_after) = (input.before.len(), input.after.len());
    let turned = |range: Range<usize>, all: usize| all - range.end..all - range.start;
    let diff = Diff::compute(algorithm, &input);
    let hunk = |hunk: imara_diff::Hunk| Hunk {
        replaced: turned(range(hunk.before), all_before),
        lines: lines[turned(range(hunk.after), all_after)].to_vec(),
    };
    let mut hunks: Vec<Hunk<'a>> = diff.hunks().map(hunk).collect();
    hunks.reverse();
    hunks
}

fn range(lines: Range<u32>) -> Range<usize> {
    lines.start as usize..lines.end as usize
}

/// Hunks that reach over all the places where each could be as well: what it adds or removes may be repeated before or after
/// it.
fn widened<'a>(ancestor: &'a [u8], hunks: &[Hunk<'a>]) -> Vec<Hunk<'a>> {
    let lines: Vec<&[u8]> = byte_lines(ancestor).collect();
    let mut wide: Vec<Hunk<'a>> = Vec::new();
    for (number, hunk) in hunks.iter().enumerate() {
        let from = wide.last().map_or(0, |before| before.replaced.end);
        let to = hunks.get(number + 1).map_or(lines.len(), |next| next.replaced.start);
        let Range { start, end } = hunk.replaced;
        let (before, after) = (&lines[from..start], &lines[end..to]);
        let removed = &lines[start..end];
        let up = repeated(before.iter().rev(), removed.iter().rev())
            .max(repeated(before.iter().rev(), hunk.lines.iter().rev()));
        let down = repeated(after.iter(), removed.iter()).max(repeated(after.iter(), hunk.lines.iter()));
        wide.push(Hunk {
            replaced: start - up..end + down,
            lines: [&lines[start - up..start], &hunk.lines, &lines[end..end + down]].concat(),
        });
    }
    wide
}

/// How far lines can be shifted: as long as those beside them are the same lines again.
fn repeated<'a>(
    beside: impl Iterator<Item = &'a &'a [u8]> + Clone,
    own: impl ExactSizeIterator<Item = &'a &'a [u8]>,
) -> usize {
    if own.len() == 0 {
        return 0;
    }
    // What they have been shifted over is among them from then on.
    own.chain(beside.clone()).zip(beside).take_while(|(own, beside)| own == beside).count()
}

/// The text with the hunks of both sides. None: they conflict.
///
/// As in git, changes conflict where no unchanged line lies between them, unless both sides made the same of the place where
/// they meet.
fn merge_hunks(ancestor: &[u8], sides: &[Vec<Hunk<'_>>; 2]) -> Option<Vec<u8>> {
    let lines: Vec<&[u8]> = byte_lines(ancestor).collect();
    let (mut text, mut done) = (Vec::new(), 0);
    let mut next = [0, 0];
    while let Some(place) = first(sides, next) {
        let mut end = place;
        let mut until = next;
        // Everything that touches the place belongs to it.
        loop {
            let before = until;
            for (side, hunks) in sides.iter().enumerate() {
                while let Some(hunk) = hunks.get(until[side])
                    && hunk.replaced.start <= end.end
                {
                    end.end = end.end.max(hunk.replaced.end);
                    until[side] += 1;
                }
            }
            if until == before {
                break;
            }
        }
        let of = |side: usize| &sides[side][next[side]..until[side]];
        let lines_of = |hunks: &[Hunk<'_>]| replaced(&lines, &end, hunks);
        let replacement = match (of(0), of(1)) {
            (hunks, []) | ([], hunks) => lines_of(hunks),
            (ours, theirs) => {
                let (ours, theirs) = (lines_of(ours), lines_of(theirs));
                if ours != theirs {
                    return None;
                }
                ours
            }
        };
        text.extend(lines[done..end.start].concat());
        text.extend(replacement);
        done = end.end;
        next = until;
    }
    text.extend(lines[done..].concat());
    Some(text)
}

/// The place of the first hunk that comes next.
fn first(sides: &[Vec<Hunk<'_>>; 2], next: [usize; 2]) -> Option<Range<usize>> {
    let hunks = sides.iter().zip(next).filter_map(|(hunks, next)| hunks.get(next));
    hunks.map(|hunk| hunk.replaced.clone()).min_by_key(|place| (place.start, place.end))
}

/// What one side makes of a place of the ancestor.
fn replaced(lines: &[&[u8]], place: &Range<usize>, hunks: &[Hunk<'_>]) -> Vec<u8> {
    let (mut text, mut done) = (Vec::new(), place.start);
    for hunk in hunks {
        text.extend(lines[done..hunk.replaced.start].concat());
        text.extend(hunk.lines.concat());
        done = hunk.replaced.end;
    }
    text.extend(lines[done..place.end].concat());
    text
}
