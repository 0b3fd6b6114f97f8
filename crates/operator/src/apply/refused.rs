//! From an error of GitHub to the outcome of an operation.

use std::time::Duration;

use jiff::Timestamp;
use peribolos_core::apply::answer::Answer;
use peribolos_github::{Error, Retry};
use peribolos_org::plan::{Cause, Change, Failure, Outcome};
use peribolos_org::show::{Applier, NOT_SHOWN_REMEDY, Refused, remedy};

/// What an error means for the whole apply, before its meaning for one request is considered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// The organization blocks access from this address.
    AccessBlocked,
    /// The token is not accepted although it was read again, the App is suspended, or the organization was renamed.
    Unusable,
    /// A permission is missing.
    PermissionMissing,
    /// The daily limit of invitations.
    InvitationLimit,
    /// The repository was renamed.
    Moved,
    /// Its meaning depends on the request.
    Answer(Answer),
}

/// What an error is, for a change that may be about a repository.
pub(super) fn class(error: &Error, change: &Change, now: Timestamp) -> Class {
    if error.is_access_blocked() {
        Class::AccessBlocked
    } else if error.is_unauthorized() || error.is_suspended() {
        Class::Unusable
    } else if error.is_moved() {
        if matches!(error, Error::Moved { .. }) { Class::Moved } else { Class::Unusable }
    } else if change.invites() && error.is_invitation_limit() {
        Class::InvitationLimit
    } else if error.is_permission_missing() {
        Class::PermissionMissing
    } else {
        Class::Answer(answer(error, now))
    }
}

/// What an error is for the request alone.
pub(super) fn answer(error: &Error, now: Timestamp) -> Answer {
    if error.is_rate_limited() {
        return Answer::Limited { until: error.says_when().then(|| until(error.retry(), now)).flatten() };
    }
    match error.status() {
        Some(404) => return Answer::NotFound,
        Some(422) if error.is_name_taken() => return Answer::NameTaken,
        Some(422) => return Answer::Unprocessable,
        _ => {}
    }
    match error.retry() {
        Retry::Backoff => Answer::Failed { after: None },
        Retry::After(pause) => Answer::Failed { after: Some(pause) },
        Retry::AtReset(_) | Retry::Never => Answer::Refused,
    }
}

fn until(retry: Retry, now: Timestamp) -> Option<Timestamp> {
    match retry {
        // GitHub's clock may be a little behind this one.
        Retry::AtReset(reset) => reset.checked_add(Duration::from_secs(1)).ok(),
        other => other.not_before(now),
    }
}

/// The failure of something that GitHub refused or could not do.
pub(super) fn failure(refused: Refused<'_>, by: Applier<'_>, error: &Error, cause: Cause) -> Failure {
    let sentence = sentence(error);
    let status = error.status();
    let what_to_do = if error.is_permission_missing() {
        by.permission_remedy(error.accepted_permissions())
    } else if let Some(url) = error.sso_url().filter(|_| error.is_access_blocked()) {
        Applier::single_sign_on_remedy(url)
    } else {
        remedy(refused, by, status, &sentence)
    };
    Failure { sentence, status, cause, what_to_do }
}

/// The failure of something whose name is taken, probably by an earlier request for it whose answer was lost, and that GitHub
/// does not show.
pub(super) fn not_shown(error: &Error) -> Failure {
    let what_to_do = NOT_SHOWN_REMEDY.to_owned();
    Failure { sentence: sentence(error), status: error.status(), cause: Cause::Transient, what_to_do }
}

/// Why something was not done; none where it was.
pub(super) fn not_done(outcome: Outcome) -> Option<Failure> {
    let failure = |sentence: String| Failure {
        sentence,
        status: None,
        cause: Cause::Transient,
        what_to_do: String::new(),
    };
    match outcome {
        Outcome::Done => None,
        Outcome::Failed(cause) | Outcome::NotSent { failure: cause, .. } => Some(cause),
        Outcome::Left(how) => Some(failure(how)),
        Outcome::Waiting | Outcome::Withheld(_) | Outcome::Skipped { .. } | Outcome::NotTried => {
            Some(failure("there was no time left".to_owned()))
        }
    }
}

/// GitHub's own message, or why there is no answer.
pub(super) fn sentence(error: &Error) -> String {
    error.github_message().map_or_else(|| error.to_string(), str::to_owned)
}

/// The failure of an invitation that is no longer tried.
pub(super) fn no_more_invitations(by: Applier<'_>) -> Failure {
    let sentence = "GitHub has refused invitations and spoke of a limit, so no more were tried".to_owned();
    let what_to_do = by.invitation_limit_remedy().to_owned();
    Failure { sentence, status: None, cause: Cause::Invitations, what_to_do }
}
