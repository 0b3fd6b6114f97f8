//! What commits without a pull request bring: the removals that their file means and none of those before it does.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_github::{Client, Sha};
use peribolos_org::{
    Snapshot, Spelling,
    loss::{Loss, Losses},
    parse,
    plan::plan,
    review::brought,
    settle,
};

use super::{
    PlanArgs, StepError,
    review::{CommitArg, ReviewArgs},
};

/// What an organization would lose by the file of each commit that was looked at; `None`: it has none that can be read.
type Read = BTreeMap<Sha, Option<Vec<Loss>>>;

/// Those of the removals in question that came by commits without a pull request.
pub(super) async fn removals(
    client: &Client,
    args: &PlanArgs,
    snapshot: &Snapshot,
    spelling: &Spelling,
    in_question: &[Loss],
) -> Result<Vec<Loss>, StepError> {
    let ReviewArgs { commit, applied, .. } = &args.review;
    let mut read = Read::new();
    // Files are read as far back as it takes.
    loop {
        match came_directly(in_question, commit, applied.as_ref(), &read) {
            Ok(direct) => return Ok(direct),
            Err(unread) => {
                let losses = losses(client, args, &unread, snapshot, spelling).await?;
                read.insert(unread, losses);
            }
        }
    }
}

/// Those of the losses that the commit which brought them last brought without a pull request.
///
/// # Errors
/// A commit whose file has to be read first.
fn came_directly(
    losses: &[Loss],
    commits: &[CommitArg],
    applied: Option<&Sha>,
    read: &Read,
) -> Result<Vec<Loss>, Sha> {
    let mut open: Vec<&Loss> = losses.iter().collect();
    let mut direct = Vec::new();
    for (index, commit) in commits.iter().enumerate().rev() {
        if open.is_empty() {
            break;
        }
        let earlier = commits.get(..index).unwrap_or_default();
        let brought = of_commit(commit, earlier, applied, read)?;
        let keys: BTreeSet<String> = brought.losses.iter().map(Loss::key).collect();
        let (found, left) = open.into_iter().partition(|loss| keys.contains(&loss.key()));
        open = left;
        let found: Vec<&Loss> = found;
        if commit.direct && !brought.maybe_by_others {
            direct.extend(found.into_iter().cloned());
        }
    }
    Ok(direct)
}

/// What one commit brings.
struct Brought {
    losses: Vec<Loss>,
    /// Whether a pull request in between, whose file can't be read, may have brought them.
    maybe_by_others: bool,
}

/// What one commit brings, as a merge that none of those does which it merges. Where no file before it can be read, the
/// newest one further back that can is taken, for what lies between was brought by others. The first file of all brings
/// everything, if none was ever applied.
fn of_commit(
    commit: &CommitArg,
    earlier: &[CommitArg],
    applied: Option<&Sha>,
    read: &Read,
) -> Result<Brought, Sha> {
    let look = |sha: &Sha| read.get(sha).map(Option::as_deref).ok_or_else(|| sha.clone());
    let mut found = Brought { losses: Vec::new(), maybe_by_others: false };
    let Some(after) = look(&commit.sha)? else { return Ok(found) };
    let (mut before, mut unreadable) = (Vec::new(), Vec::new());
    for sha in &commit.before {
        match look(sha)? {
            Some(losses) => before.push(losses),
            None => unreadable.push(sha),
        }
    }
    // One side of a merge may have meant what the other does not.
    let came_directly = |sha: &Sha| earlier.iter().any(|commit| commit.sha == *sha && commit.direct);
    found.maybe_by_others = !before.is_empty() && !unreadable.into_iter().all(came_directly);
    for between in earlier.iter().rev() {
        if !before.is_empty() {
            break;
        }
        before.extend(look(&between.sha)?);
        found.maybe_by_others |= before.is_empty() && !between.direct;
    }
    if let (true, Some(applied)) = (before.is_empty(), applied) {
        match look(applied)? {
            Some(losses) => before.push(losses),
            None => return Ok(found),
        }
    }
    found.losses = before.into_iter().fold(after.to_vec(), |left, before| brought(before, &left));
    Ok(found)
}

async fn losses(
    client: &Client,
    args: &PlanArgs,
    sha: &Sha,
    snapshot: &Snapshot,
    spelling: &Spelling,
) -> Result<Option<Vec<Loss>>, StepError> {
    let text = client.raw_file(&args.repository, &args.path, sha).await?;
    let text = text.and_then(|text| String::from_utf8(text.into()).ok());
    let parsed = text.and_then(|text| parse(&text, &args.path, Some(args.login.as_str())).ok());
    Ok(parsed.map(|parsed| {
        let scope = args.rules.scope();
        let settled = settle(&parsed.file, spelling);
        Losses::of(&plan(&settled.file, &settled.left_out, snapshot, &scope), snapshot, &scope).list
    }))
}

#[cfg(test)]
mod tests {
    use peribolos_org::{
        Login,
        loss::{LossKind, Subject},
    };

    use super::*;

    fn sha(digit: char) -> Sha {
        digit.to_string().repeat(40).parse().unwrap()
    }

    fn removing(logins: &[&str]) -> Vec<Loss> {
        let loss = |login: &&str| Loss {
            kind: LossKind::MemberRemoved,
            subject: Subject::Person(Login::new(*login)),
        };
        logins.iter().map(loss).collect()
    }

    fn read() -> Read {
        let files = [
            ('a', vec!["amy"]),
            ('b', vec!["zed"]),
            ('c', vec!["zed", "amy"]),
            ('d', vec![]),
            ('f', vec!["amy", "zed"]),
        ];
        let mut read: Read =
            files.into_iter().map(|(digit, losses)| (sha(digit), Some(removing(&losses)))).collect();
        read.insert(sha('e'), None);
        read
    }

    /// Commits from a text of words: `D` or `M`, those before (`-`: none), its own.
    fn commits(text: &str) -> Vec<CommitArg> {
        text.split_whitespace()
            .map(|word| {
                let letters: Vec<char> = word.chars().collect();
                let [way, before @ .., own] = &letters[..] else { panic!("{word}") };
                let before = before.iter().filter(|letter| **letter != '-').copied().map(sha).collect();
                CommitArg { direct: *way == 'D', before, sha: sha(*own) }
            })
            .collect()
    }

    /// Who of amy and zed, whom the newest file removes, was removed without a pull request.
    #[rstest::rstest]
    #[case::what_is_new(Some('b'), "Dbc", "amy")]
    #[case::by_a_pull_request(Some('b'), "Mbc", "")]
    #[case::nothing_of_another_file(Some('c'), "Dcf", "")]
    #[case::each_by_its_own(Some('d'), "Ddb Mbc", "zed")]
    #[case::each_by_its_own_the_other_way(Some('d'), "Mdb Dbc", "amy")]
    #[case::taken_back_and_brought_again(Some('d'), "Ddc Dcd Mdc", "")]
    #[case::taken_back_and_brought_again_directly(Some('d'), "Mdc Mcd Ddc", "amy zed")]
    #[case::after_an_unreadable_one_the_one_before_that(Some('d'), "Mdb Dbe Dec", "amy")]
    #[case::a_pull_request_before_an_unreadable_one(Some('d'), "Mdc Dce Def", "")]
    #[case::an_unreadable_one_after_what_was_applied(Some('b'), "Dbe Dec", "amy")]
    #[case::an_unreadable_pull_request_that_is_mended(Some('d'), "Mde Dec", "")]
    #[case::a_merge_of_what_a_pull_request_brought(Some('d'), "Dda Mdb Dabc", "amy")]
    #[case::a_merge_that_brings_it_itself(Some('d'), "Ddd Mdb Ddbc", "amy")]
    #[case::a_pull_request_that_merged_what_came_directly(Some('d'), "Ddb Mda Mbac", "zed")]
    #[case::a_merge_with_an_unreadable_side(Some('d'), "Mdb Dde Debc", "amy")]
    #[case::a_merge_with_an_unreadable_side_by_a_pull_request(Some('d'), "Mde Mdb Debc", "")]
    #[case::nothing_to_hold_it_against(Some('e'), "Dec", "")]
    #[case::the_branchs_first_after_what_was_applied(Some('b'), "D-c", "amy")]
    #[case::the_first_of_all(None, "D-c", "amy zed")]
    #[case::the_first_of_all_by_a_pull_request(None, "Mec Dcf", "")]
    #[case::the_first_that_can_be_read(None, "D-e Dec", "amy zed")]
    fn came(#[case] applied: Option<char>, #[case] text: &str, #[case] expected: &str) {
        let direct =
            came_directly(&removing(&["amy", "zed"]), &commits(text), applied.map(sha).as_ref(), &read());
        let names = direct.map(|losses| {
            let names = losses.iter().map(|loss| match &loss.subject {
                Subject::Person(login) => login.to_string(),
                other => panic!("{other:?}"),
            });
            let mut names: Vec<String> = names.collect();
            names.sort();
            names.join(" ")
        });
        assert_eq!(names, Ok(expected.to_owned()));
    }

    #[test]
    fn what_is_not_read_yet_is_asked_for_and_no_more() {
        let (amy, commits) = (removing(&["amy"]), commits("Ddb Mbe Dec"));
        let all = read();
        let mut read = Read::new();
        let mut asked = Vec::new();
        while let Err(unread) = came_directly(&amy, &commits, Some(&sha('d')), &read) {
            asked.push(unread.clone());
            read.insert(unread.clone(), all[&unread].clone());
        }
        assert_eq!(asked, ['c', 'e', 'b'].map(sha));
    }
}
