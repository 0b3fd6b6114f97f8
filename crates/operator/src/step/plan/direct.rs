//! What commits without a pull request bring: the removals that their file means and the one before it does not.

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

use super::{PlanArgs, StepError, review::DirectArg};

/// What an organization would lose by the file of each commit; `None`: it has none that can be read.
type Read = BTreeMap<Sha, Option<Vec<Loss>>>;

/// The removals that the commits in question bring. `missing`: logins that GitHub does not know.
pub(super) async fn removals(
    client: &Client,
    args: &PlanArgs,
    snapshot: &Snapshot,
    spelling: &Spelling,
) -> Result<Vec<Loss>, StepError> {
    let mut read = Read::new();
    let wanted: BTreeSet<&Sha> = args
        .review
        .direct
        .iter()
        .flat_map(|direct| [direct.before.as_ref(), Some(&direct.after)])
        .chain([args.review.applied.as_ref()])
        .flatten()
        .collect();
    for sha in wanted {
        let losses = losses(client, args, sha, snapshot, spelling).await?;
        read.insert(sha.clone(), losses);
    }
    Ok(args
        .review
        .direct
        .iter()
        .flat_map(|direct| of_commit(direct, args.review.applied.as_ref(), &read))
        .collect())
}

/// What one commit brings. Without a file before it that can be read, what was applied last counts; if that can't be
/// read either, nothing is taken for brought by it. Of the first that is applied all is.
fn of_commit(direct: &DirectArg, applied: Option<&Sha>, read: &Read) -> Vec<Loss> {
    let find = |sha: &Sha| read.get(sha).and_then(Option::as_deref);
    let Some(after) = find(&direct.after) else { return Vec::new() };
    let before = direct.before.as_ref().and_then(find).or_else(|| applied.and_then(find));
    match before {
        Some(before) => brought(before, after),
        None if direct.before.is_none() && applied.is_none() => after.to_vec(),
        None => Vec::new(),
    }
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

    /// How much a commit brings: the file before it, the one applied last, its own.
    #[rstest::rstest]
    #[case::what_is_new(Some('b'), Some('d'), 'c', 1)]
    #[case::nothing_of_another_file(Some('b'), Some('d'), 'b', 0)]
    #[case::an_unreadable_file_brings_nothing(Some('b'), Some('d'), 'e', 0)]
    #[case::after_an_unreadable_one_what_was_applied_counts(Some('e'), Some('b'), 'c', 1)]
    #[case::the_branchs_first_after_what_was_applied(None, Some('b'), 'c', 1)]
    #[case::nothing_to_hold_it_against(Some('e'), Some('e'), 'c', 0)]
    #[case::the_first_of_all(None, None, 'c', 2)]
    fn a_commit_brings(
        #[case] before: Option<char>,
        #[case] applied: Option<char>,
        #[case] after: char,
        #[case] expected: usize,
    ) {
        let files = [('b', removing(&["zed"])), ('c', removing(&["zed", "amy"])), ('d', removing(&[]))];
        let mut read: Read = files.into_iter().map(|(digit, losses)| (sha(digit), Some(losses))).collect();
        read.insert(sha('e'), None);
        let direct = DirectArg { before: before.map(sha), after: sha(after) };
        assert_eq!(of_commit(&direct, applied.map(sha).as_ref(), &read).len(), expected);
    }
}
