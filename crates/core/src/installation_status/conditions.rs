//! The conditions of an installation, from plain facts.

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use peribolos_api::{ConditionType, Reason};

use super::{Missing, Synced};
use crate::{drift::Drift, token::Issued};

/// The types of conditions that [`conditions`] gives; a type it leaves out does not hold.
pub const CONDITION_TYPES: [ConditionType; 7] = [
    ConditionType::Ready,
    ConditionType::TokenIssued,
    ConditionType::Synced,
    ConditionType::Drifted,
    ConditionType::ConfigPublic,
    ConditionType::Reconciling,
    ConditionType::Stalled,
];

/// The longest message, in characters; the API takes 32,768 bytes.
const MESSAGE_LIMIT: usize = 2_000;

/// A reason and a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// One word for programs.
    pub reason: Reason,
    /// The same for people: what is wrong and what to do.
    pub message: String,
}

impl Finding {
    /// A reason with its sentence.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into() }
    }
}

/// Why the last attempt to get a token failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The failure.
    pub finding: Finding,
    /// Since when it does, without a success in between.
    pub since: Timestamp,
}

/// The token in the Secret.
#[derive(Clone, Copy, Debug)]
pub struct TokenFacts<'a> {
    /// The Secret's name.
    pub secret: &'a str,
    /// When the token was issued and when it expires.
    pub issued: Issued,
    /// How long before its end it should be replaced at the latest.
    pub margin: SignedDuration,
}

/// All that the conditions depend on.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The observed generation.
    pub generation: Option<i64>,
    /// Why this object gets no token at all, whatever GitHub would say.
    pub blocked: Option<Finding>,
    /// The token, if there is one, valid or not.
    pub token: Option<TokenFacts<'a>>,
    /// Whether none is minted before it is needed, as there are more installations than GitHub gives tokens to.
    pub on_demand: bool,
    /// Why the last attempt failed, if it did.
    pub failure: Option<Failure>,
    /// What the organization has not granted.
    pub missing: &'a [Missing],
    /// Why no run starts although the token is there: suspended by its spec.
    pub held: Option<Finding>,
    /// What of Tekton is missing, where a run waits for it.
    pub tekton: Option<Finding>,
    /// Why the repository that holds the file can't be used, if a person has to act.
    pub config: Option<Finding>,
    /// That the repository that holds the file is not private any more.
    pub public: Option<Finding>,
    /// The result of the last Apply.
    pub synced: Synced,
    /// What the runs have found about drift.
    pub drift: Drift,
}

/// How the summary came out.
enum Summary {
    Ready(Finding),
    /// The controller works on it.
    Working(Finding),
    /// A person has to.
    Stuck(Finding),
    /// As requested.
    Held(Finding),
    /// Usable, while the controller works on what fails.
    Limping(Finding),
}

/// The conditions at `now`. A condition whose status is that of `previous` keeps its transition time; of
/// [`CONDITION_TYPES`] those that are left out are to be removed (kstatus: abnormal ones are there only while true).
pub fn conditions(facts: &Facts<'_>, previous: &[Condition], now: Timestamp) -> Vec<Condition> {
    let make = |kind: ConditionType, status: &str, finding: &Finding| {
        condition((kind, status), finding, facts.generation, previous, now)
    };
    let summary = summary(facts, now);
    let (Summary::Ready(f)
    | Summary::Working(f)
    | Summary::Stuck(f)
    | Summary::Held(f)
    | Summary::Limping(f)) = &summary;
    let ready = matches!(summary, Summary::Ready(_) | Summary::Limping(_));
    let mut conditions = vec![make(ConditionType::Ready, status(ready), f)];
    let (issued, finding) = token_issued(facts, now);
    conditions.push(make(ConditionType::TokenIssued, status(issued), &finding));
    conditions.push(match &facts.synced {
        Synced::Yes(reason, message) => make(ConditionType::Synced, "True", &Finding::new(*reason, message)),
        Synced::No(reason, message) => make(ConditionType::Synced, "False", &Finding::new(*reason, message)),
        Synced::Unknown(reason, message) => {
            make(ConditionType::Synced, "Unknown", &Finding::new(*reason, message))
        }
        Synced::Never => make(ConditionType::Synced, "Unknown", &never_applied()),
    });
    conditions.extend(match &facts.drift {
        Drift::Found(run, words) => {
            let message = format!("run {run}: {words}");
            Some(make(ConditionType::Drifted, "True", &Finding::new(Reason::DriftFound, message)))
        }
        Drift::None(run) => {
            let message = format!("run {run} found nothing to do");
            Some(make(ConditionType::Drifted, "False", &Finding::new(Reason::NoDrift, message)))
        }
        // History is pruned: what an earlier run found stays until one says otherwise.
        Drift::Unknown => kept(facts, previous, ConditionType::Drifted),
    });
    conditions.extend(facts.public.as_ref().map(|public| make(ConditionType::ConfigPublic, "True", public)));
    match &summary {
        Summary::Working(f) | Summary::Limping(f) => {
            conditions.push(make(ConditionType::Reconciling, "True", f));
        }
        Summary::Stuck(f) => conditions.push(make(ConditionType::Stalled, "True", f)),
        Summary::Ready(_) | Summary::Held(_) => {}
    }
    // The token and the permissions are as they should be, so it is Ready all the same.
    if let Some(tekton) = &facts.tekton
        && !conditions.iter().any(|there| there.type_ == ConditionType::Stalled.as_str())
    {
        conditions.push(make(ConditionType::Stalled, "True", tekton));
    }
    conditions
}

/// A condition of that type and status. It keeps its transition time where the status is that of `previous`.
pub(super) fn condition(
    (kind, status): (ConditionType, &str),
    finding: &Finding,
    generation: Option<i64>,
    previous: &[Condition],
    now: Timestamp,
) -> Condition {
    let before = previous.iter().find(|c| c.type_ == kind.as_str() && c.status == status);
    Condition {
        type_: kind.as_str().to_owned(),
        status: status.to_owned(),
        reason: finding.reason.as_str().to_owned(),
        message: finding.message.chars().take(MESSAGE_LIMIT).collect(),
        observed_generation: generation,
        last_transition_time: before.map_or_else(|| whole_seconds(now), |c| c.last_transition_time.clone()),
    }
}

/// The highest of what keeps the installation from being used.
fn summary(facts: &Facts<'_>, now: Timestamp) -> Summary {
    if let Some(blocked) = &facts.blocked {
        return Summary::Stuck(blocked.clone());
    }
    let failure = facts.failure.as_ref().map(described);
    let token = valid_token(facts, now);
    if token.is_none() && !rests(facts) {
        let progressing = || Finding::new(Reason::Progressing, "the first token is being requested");
        return stuck_or_working(failure.unwrap_or_else(progressing));
    }
    if !facts.missing.is_empty() {
        let names: Vec<String> = facts.missing.iter().map(ToString::to_string).collect();
        let message = format!(
            "the organization has not granted all the App needs; an owner has to accept: {}",
            names.join(", ")
        );
        return Summary::Stuck(Finding::new(Reason::PermissionsMissing, message));
    }
    if let (Some(failure), Some(token)) = (&failure, token)
        && token.issued.expires.duration_since(now) <= token.margin
    {
        let message = format!("the token expires at {}: {}", token.issued.expires, failure.message);
        return match failure.reason {
            reason if needs_a_person(reason) => Summary::Stuck(Finding::new(Reason::TokenExpiring, message)),
            _ => Summary::Working(Finding::new(Reason::TokenExpiring, message)),
        };
    }
    if let Some(config) = &facts.config {
        return Summary::Stuck(config.clone());
    }
    if let Some(held) = &facts.held {
        return Summary::Held(held.clone());
    }
    match failure {
        Some(failure) => Summary::Limping(failure),
        None => Summary::Ready(token.map_or_else(on_demand, |token| there_is_one(token.secret))),
    }
}

/// Whether there is no token because none is needed.
fn rests(facts: &Facts<'_>) -> bool {
    facts.on_demand && facts.failure.is_none()
}

fn stuck_or_working(finding: Finding) -> Summary {
    if needs_a_person(finding.reason) { Summary::Stuck(finding) } else { Summary::Working(finding) }
}

/// Failures that do not pass by waiting.
fn needs_a_person(reason: Reason) -> bool {
    matches!(reason, Reason::SecretConflict | Reason::CredentialsInvalid | Reason::PermissionsMissing)
}

fn token_issued(facts: &Facts<'_>, now: Timestamp) -> (bool, Finding) {
    let failure = facts.failure.as_ref().map(described);
    if let Some(token) = valid_token(facts, now) {
        return (true, failure.unwrap_or_else(|| there_is_one(token.secret)));
    }
    if facts.blocked.is_none() && rests(facts) {
        return (false, on_demand());
    }
    let finding = facts.blocked.clone().or(failure);
    (false, finding.unwrap_or_else(|| Finding::new(Reason::Progressing, "no token was issued yet")))
}

fn valid_token<'a>(facts: &Facts<'a>, now: Timestamp) -> Option<TokenFacts<'a>> {
    facts.token.filter(|token| token.issued.is_valid(now))
}

fn there_is_one(secret: &str) -> Finding {
    Finding::new(Reason::TokenIssued, format!("Secret {secret} holds a valid token"))
}

fn on_demand() -> Finding {
    Finding::new(Reason::OnDemand, "nothing needs a token now; one is minted as soon as something does")
}

fn described(failure: &Failure) -> Finding {
    Finding::new(failure.finding.reason, format!("{} (since {})", failure.finding.message, failure.since))
}

fn never_applied() -> Finding {
    Finding::new(Reason::NeverApplied, "no run has applied the file yet")
}

/// History is pruned: what an earlier run found stays true when the run was deleted.
fn kept(facts: &Facts<'_>, previous: &[Condition], kind: ConditionType) -> Option<Condition> {
    let before = previous.iter().find(|c| c.type_ == kind.as_str() && c.status != "Unknown")?;
    Some(Condition { observed_generation: facts.generation, ..before.clone() })
}

fn status(holds: bool) -> &'static str {
    if holds { "True" } else { "False" }
}

/// The API stores whole seconds; a finer time would differ from itself after a round trip.
fn whole_seconds(now: Timestamp) -> Time {
    Time(Timestamp::from_second(now.as_second()).unwrap_or(now))
}

#[cfg(test)]
#[path = "conditions_tests.rs"]
mod tests;
