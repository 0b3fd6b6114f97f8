//! Events for people: what changed, once, as `kubectl describe` shows it.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{
    Resource,
    runtime::events::{Event, EventType},
};
use peribolos_api::{ConditionType, GitHubInstallation, Reason};

use crate::{controller::context::Context, kubernetes::client::call};

/// The longest note the API takes, in bytes.
const NOTE_LIMIT: usize = 1_000;

/// Reports each condition whose status or reason has changed.
pub(super) async fn publish(ctx: &Context, installation: &GitHubInstallation, after: &[Condition]) {
    let before = installation.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
    for change in changes(before, after) {
        let event = Event {
            type_: if is_good(change) { EventType::Normal } else { EventType::Warning },
            reason: change.reason.clone(),
            note: Some(note(change)),
            action: "Reconcile".to_owned(),
            secondary: None,
        };
        if let Err(error) = call(ctx.recorder.publish(&event, &installation.object_ref(&()))).await {
            tracing::warn!(%error, reason = event.reason, "an Event was not published");
        }
    }
}

/// The conditions whose status or reason changed, one per reason: the summary covers the others.
fn changes<'a>(before: &[Condition], after: &'a [Condition]) -> Vec<&'a Condition> {
    let reported = [
        ConditionType::Ready,
        ConditionType::TokenIssued,
        ConditionType::Synced,
        ConditionType::Drifted,
        ConditionType::ConfigPublic,
        ConditionType::Stalled,
    ];
    let mut changes: Vec<&Condition> = vec![];
    for kind in reported {
        let Some(now) = after.iter().find(|c| c.type_ == kind.as_str()) else { continue };
        let same =
            before.iter().any(|c| c.type_ == now.type_ && c.status == now.status && c.reason == now.reason);
        let is_reported = changes.iter().any(|change| change.reason == now.reason);
        // "Nothing was applied yet" is the initial state of every installation.
        if !same && !is_reported && now.reason != Reason::NeverApplied.as_str() {
            changes.push(now);
        }
    }
    changes
}

fn is_good(condition: &Condition) -> bool {
    let expected = [
        Reason::Suspended,
        Reason::InstallationDeleted,
        Reason::Progressing,
        Reason::TokenIssued,
        Reason::OnDemand,
        Reason::Applied,
        Reason::NoChanges,
        Reason::NoDrift,
    ];
    expected.iter().any(|reason| reason.as_str() == condition.reason)
}

fn note(condition: &Condition) -> String {
    let text = format!("{} is {}: {}", condition.type_, condition.status, condition.message);
    let mut end = text.len().min(NOTE_LIMIT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

    use super::*;

    fn condition(kind: &str, status: &str, reason: &str) -> Condition {
        Condition {
            type_: kind.into(),
            status: status.into(),
            reason: reason.into(),
            message: "ü".repeat(900),
            observed_generation: None,
            last_transition_time: Time(jiff::Timestamp::UNIX_EPOCH),
        }
    }

    #[test]
    fn only_what_changed_is_told_and_once() {
        let before =
            [condition("Ready", "True", "TokenIssued"), condition("TokenIssued", "True", "TokenIssued")];
        let after = [
            condition("Ready", "False", "InstallationSuspended"),
            condition("TokenIssued", "False", "InstallationSuspended"),
            condition("Synced", "Unknown", "NeverApplied"),
            condition("Stalled", "True", "InstallationSuspended"),
        ];
        assert_eq!(changes(&before, &after), [&after[0]]);
        assert!(changes(&after, &after).is_empty());
        assert!(!is_good(&after[0]) && is_good(&before[0]));
    }

    #[test]
    fn a_note_fits_the_api() {
        assert!(note(&condition("Ready", "True", "TokenIssued")).len() <= NOTE_LIMIT);
    }
}
