//! The request of one operation, repeated where that is safe, until its outcome is known.

use jiff::Timestamp;
use peribolos_core::apply::answer::{Answer, Attempts, Next, Sent, look_again};
use peribolos_core::apply::exit::Stop;
use peribolos_github::Error;
use peribolos_github::kinds::{Made, Standing};
use peribolos_org::plan::{Cause, Change, Method, NotSentReason, Outcome};
use peribolos_org::show::Refused;

use super::refused::{self, Class};
use super::{Run, fields, kind};

/// What follows from an error.
enum Then {
    /// The request is retried.
    Again,
    /// What was to be removed does not exist.
    Gone,
    /// One request a field is sent.
    FieldByField,
    /// A read checks whether the change has taken effect in the meantime. GitHub may not show it until then.
    Look {
        /// Until when.
        until: Timestamp,
        /// The outcome if it has not.
        refused: Outcome,
    },
    /// The outcome is known.
    Ended(Outcome),
}

impl Run<'_> {
    /// Makes a change. Its object is read before each attempt: it may have changed, or an earlier request may have taken effect
    /// although its answer was lost.
    pub(super) async fn send(&mut self, change: &Change) -> Outcome {
        let mut attempts = Attempts::default();
        // Until when GitHub may not show the effect of an unanswered request.
        let mut appears_until = None;
        loop {
            let change = &*self.without_teams_that_are_gone(change);
            match self.standing(change, appears_until).await {
                Ok(()) => {}
                // All that it needs was read before another one was cancelled for it.
                Err(Outcome::NotSent { reason: NotSentReason::Unread, .. }) if self.completes => {}
                Err(outcome) => return outcome,
            }
            let creates_content = change.creates_content();
            let next = self.pace.next(creates_content || self.invites, self.job.clock.now());
            if !self.wait(next).await {
                return Outcome::NotTried;
            }
            self.pace.started(creates_content, self.job.clock.now());
            let made = self.job.client.make(self.job.org, change, &mut self.addresses).await;
            match made {
                Ok(made) => {
                    self.streak.answered();
                    return self.made(change, made);
                }
                Err(error) => match self.after(change, &error, &mut attempts).await {
                    Then::Again => {
                        appears_until = attempts.appears_until(self.job.clock.now(), self.job.clock.scale());
                    }
                    Then::Gone => return self.made(change, Made::Done),
                    Then::FieldByField => return Box::pin(self.field_by_field(change)).await,
                    Then::Look { until, refused } => {
                        let made = self.made_meanwhile(change, until).await;
                        if made.is_some() || !self.loses_teams(change).await {
                            return made.unwrap_or(refused);
                        }
                    }
                    Then::Ended(Outcome::Left(_)) if self.loses_teams(change).await => {}
                    Then::Ended(outcome) => return outcome,
                },
            }
        }
    }

    /// The outcome of a change that is not to be made: it is already in effect, or its object is not as planned. What an
    /// earlier request may have made is looked for again until then.
    async fn standing(&mut self, change: &Change, appears_until: Option<Timestamp>) -> Result<(), Outcome> {
        match self.look(change, appears_until).await? {
            Standing::AsPlanned => Ok(()),
            Standing::Already(made) => Err(self.made(change, made)),
            // What was never shown could not be compared with the plan, so it is not removed. Where it is there all the same,
            // the organization shows it when it is read again.
            Standing::Gone if change.request().0 == Method::Delete => Err(self.made(change, Made::Done)),
            // GitHub may take some seconds to show what was made: the request itself is repeated then.
            Standing::Gone if self.sent(change).recent => Ok(()),
            Standing::Gone => Err(Outcome::Left("what it is about is not there any more".to_owned())),
            Standing::Partly(how) | Standing::Different(how) => Err(Outcome::Left(how)),
        }
    }

    /// How what a change is about is. What is to be removed and is not shown is looked for again, since only what is shown
    /// can be compared with the plan.
    async fn look(&mut self, change: &Change, appears_until: Option<Timestamp>) -> Result<Standing, Outcome> {
        let (clock, recent) = (self.job.clock, self.sent(change).recent);
        let mut attempts = Attempts::default();
        loop {
            let standing = self.read(change, NotSentReason::Unread, async |run: &mut Self| {
                let (client, org) = (run.job.client, run.job.org);
                client.standing(org, change, &run.expected, &mut run.addresses).await
            });
            let standing = standing.await?;
            let (now, scale) = (clock.now(), clock.scale());
            let again = match standing {
                Standing::Gone if change.request().0 == Method::Delete => {
                    attempts.read_again(recent, now, scale)
                }
                Standing::Partly(_) => appears_until.and_then(|until| look_again(until, now, scale)),
                _ => None,
            };
            let Some(at) = again else { return Ok(standing) };
            if !self.wait(at).await {
                return Err(Outcome::NotTried);
            }
        }
    }

    /// The outcome if a name is taken, because it has been made since it was looked for, by somebody else or
    /// by a request whose answer was lost; none where nothing of the name is shown.
    async fn made_meanwhile(&mut self, change: &Change, until: Timestamp) -> Option<Outcome> {
        let clock = self.job.clock;
        loop {
            match self.standing(change, Some(until)).await {
                Ok(()) => {}
                Err(outcome @ (Outcome::Done | Outcome::Waiting | Outcome::Left(_))) => return Some(outcome),
                Err(_) => return None,
            }
            let at = look_again(until, clock.now(), clock.scale())?;
            if !self.wait(at).await {
                return Some(Outcome::NotTried);
            }
        }
    }

    /// One request for each field of a change, because GitHub refuses all fields where it refuses one.
    async fn field_by_field(&mut self, change: &Change) -> Outcome {
        let mut failures = Vec::new();
        for part in fields::each(change) {
            match self.send(&part).await {
                Outcome::Failed(failure) => failures.push((fields::keys(&part), failure)),
                Outcome::Done | Outcome::Waiting => {}
                other => return other,
            }
        }
        fields::together(failures).map_or(Outcome::Done, Outcome::Failed)
    }

    /// Records that GitHub accepted a change, or that there was nothing to be done.
    fn made(&mut self, change: &Change, made: Made) -> Outcome {
        match made {
            Made::Done => self.expected.make(change),
            Made::Pending => self.expected.ask(change),
        }
        self.recent.extend(kind::makes(change));
        if change.invites() {
            self.invitations.answered();
        }
        match made {
            Made::Done => Outcome::Done,
            Made::Pending => Outcome::Waiting,
        }
    }

    /// What follows from an error; waits where there is something to wait for.
    async fn after(&mut self, change: &Change, error: &Error, attempts: &mut Attempts) -> Then {
        let (clock, by) = (self.job.clock, self.job.by);
        let refused = if self.has_line { Refused::Line(change) } else { Refused::NoLine(change) };
        let failed = |cause| Then::Ended(Outcome::Failed(refused::failure(refused, by, error, cause)));
        let answer = match self.answer(change, refused, error) {
            Ok(answer) => answer,
            Err(outcome) => return Then::Ended(outcome),
        };
        match attempts.next(self.sent(change), answer, clock.now(), clock.scale()) {
            Next::Again { at } => {
                tracing::info!(%error, "retrying the request");
                if self.wait(at).await { Then::Again } else { Then::Ended(Outcome::NotTried) }
            }
            Next::Done => Then::Gone,
            Next::FieldByField => Then::FieldByField,
            Next::Gone => Then::Ended(gone(error)),
            Next::Look { until, may_be_ours } => {
                let failure = if may_be_ours {
                    refused::not_shown(error)
                } else {
                    refused::failure(refused, by, error, Cause::Refused)
                };
                Then::Look { until, refused: Outcome::Failed(failure) }
            }
            Next::Refused => {
                if change.invites() {
                    self.invitations.answered();
                }
                failed(Cause::Refused)
            }
            Next::Unavailable => failed(Cause::Transient),
        }
    }

    /// The meaning of an error for this request, or the outcome of the operation if it means more than that.
    fn answer(&mut self, change: &Change, refused: Refused<'_>, error: &Error) -> Result<Answer, Outcome> {
        let by = self.job.by;
        let failure = |cause| refused::failure(refused, by, error, cause);
        match refused::class(error, change, self.job.clock.now()) {
            Class::Answer(answer @ Answer::Failed { .. }) => {
                if self.streak.failed() {
                    self.stop(Stop::Unavailable, error);
                    return Err(Outcome::Failed(failure(Cause::Transient)));
                }
                Ok(answer)
            }
            Class::Answer(answer) => {
                self.streak.answered();
                Ok(answer)
            }
            Class::AccessBlocked => {
                self.stop(Stop::AccessBlocked, error);
                Err(Outcome::Failed(failure(Cause::Refused)))
            }
            Class::Unusable => {
                self.stop(Stop::Unavailable, error);
                Err(Outcome::Failed(failure(Cause::Transient)))
            }
            Class::PermissionMissing => {
                let failure = failure(Cause::Refused);
                self.missing_permissions.insert(change.kind(), failure.clone());
                Err(Outcome::Failed(failure))
            }
            Class::InvitationLimit => {
                let collaborator = match change {
                    Change::SetCollaborator { login, .. } => Some(login),
                    _ => None,
                };
                if let Some(login) = change.invitee().or(collaborator) {
                    self.invitations.limited(login);
                }
                Err(Outcome::Failed(failure(Cause::Invitations)))
            }
            Class::Moved => Err(Outcome::Left(error.to_string())),
        }
    }

    fn stop(&mut self, stop: Stop, error: &Error) {
        tracing::error!(%error, ?stop, "stopping: no further request is sent");
        self.stop = Some(stop);
        self.sentence = Some(refused::sentence(error));
    }

    fn sent(&self, change: &Change) -> Sent {
        let is_recent = kind::needs(change).iter().any(|named| self.recent.contains(named));
        Sent { method: change.request().0, parts: fields::each(change).len(), recent: is_recent }
    }

    /// Reads something that GitHub may not show for a moment: that is read again before it counts as not there.
    ///
    /// # Errors
    /// The outcome of the operation for which it is read.
    pub(super) async fn read_until_shown<T>(
        &mut self,
        change: &Change,
        reason: NotSentReason,
        is_shown: impl Fn(&T) -> bool,
        mut ask: impl AsyncFnMut(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Outcome> {
        let clock = self.job.clock;
        let mut attempts = Attempts::default();
        loop {
            let found = self.read(change, reason, &mut ask).await?;
            if is_shown(&found) {
                return Ok(found);
            }
            let Some(at) = attempts.read_again(false, clock.now(), clock.scale()) else { return Ok(found) };
            if !self.wait(at).await {
                return Err(Outcome::NotTried);
            }
        }
    }

    /// Reads something before an operation, repeated as a write that may be repeated. `reason` is why the operation is not sent
    /// where it can't be read.
    ///
    /// # Errors
    /// The outcome of the operation for which it is read.
    pub(super) async fn read<T>(
        &mut self,
        change: &Change,
        reason: NotSentReason,
        mut ask: impl AsyncFnMut(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Outcome> {
        let (clock, by) = (self.job.clock, self.job.by);
        let mut attempts = Attempts::default();
        loop {
            if self.has_stopped() {
                return Err(Outcome::NotTried);
            }
            let error = match ask(self).await {
                Ok(value) => {
                    self.streak.answered();
                    return Ok(value);
                }
                Err(error) => error,
            };
            let not_sent = |cause| {
                Err(Outcome::NotSent { reason, failure: refused::failure(Refused::Read, by, &error, cause) })
            };
            let answer = match self.answer(change, Refused::Read, &error) {
                Ok(answer) => answer,
                Err(Outcome::Failed(failure)) => return Err(Outcome::NotSent { reason, failure }),
                Err(other) => return Err(other),
            };
            let recent = self.sent(change).recent;
            match attempts.next_read(recent, answer, clock.now(), clock.scale()) {
                Next::Again { at } => {
                    tracing::info!(%error, "retrying the read");
                    if !self.wait(at).await {
                        return Err(Outcome::NotTried);
                    }
                }
                Next::Gone => return Err(gone(&error)),
                Next::Unavailable => return not_sent(Cause::Transient),
                Next::Refused | Next::Done | Next::FieldByField | Next::Look { .. } => {
                    return not_sent(Cause::Refused);
                }
            }
        }
    }
}

/// GitHub does not show the object of the operation.
fn gone(error: &Error) -> Outcome {
    let about = refused::sentence(error);
    Outcome::Left(format!("what it is about is not there any more (GitHub answered 404, {about})"))
}
