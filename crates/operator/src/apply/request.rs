//! One operation's request, repeated where that is safe, until it is known what became of it.

use peribolos_core::apply::answer::{Answer, Attempts, Next, Sent};
use peribolos_core::apply::exit::Stop;
use peribolos_github::Error;
use peribolos_github::kinds::{Made, Standing};
use peribolos_org::plan::{Cause, Change, Method, Outcome};

use super::refused::{self, Class};
use super::{Run, fields, kind};

/// What follows from an error.
enum Then {
    /// The request is sent again.
    Again,
    /// What was to be removed is not there.
    Gone,
    /// One request a field is sent.
    FieldByField,
    /// It is known what became of it.
    Ended(Outcome),
}

impl Run<'_> {
    /// Makes a change. What it is about is read before, each time: it may have changed, or the request may have taken effect
    /// although its answer was lost.
    pub(super) async fn send(&mut self, change: &Change) -> Outcome {
        let mut attempts = Attempts::default();
        loop {
            match self.standing(change).await {
                Ok(()) => {}
                Err(outcome) => return outcome,
            }
            let creates_content = change.creates_content();
            let next = self.pace.next(creates_content, self.job.clock.now());
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
                    Then::Again => {}
                    Then::Gone => return self.made(change, Made::Done),
                    Then::FieldByField => return Box::pin(self.field_by_field(change)).await,
                    Then::Ended(outcome) => return outcome,
                },
            }
        }
    }

    /// What became of a change that is not to be made: it is so already, or what it is about is not as planned.
    async fn standing(&mut self, change: &Change) -> Result<(), Outcome> {
        let standing = self.read(change, async |run: &mut Self| {
            let (client, org) = (run.job.client, run.job.org);
            client.standing(org, change, &run.expected, &mut run.addresses).await
        });
        match standing.await? {
            Standing::AsPlanned => Ok(()),
            Standing::Already(made) => Err(self.made(change, made)),
            // GitHub may take some seconds to show what was made: the request itself is repeated then.
            Standing::Gone if self.sent(change).recent => Ok(()),
            Standing::Gone if change.request().0 == Method::Delete => Err(self.made(change, Made::Done)),
            Standing::Gone => Err(Outcome::Left("what it is about is not there any more".to_owned())),
            Standing::Different(how) => Err(Outcome::Left(how)),
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

    /// GitHub has taken a change, or there was nothing to be done.
    fn made(&mut self, change: &Change, made: Made) -> Outcome {
        self.expected.make(change);
        self.recent.extend(kind::makes(change));
        if kind::invites(change) {
            self.invitations.answered();
        }
        match made {
            Made::Done => Outcome::Done,
            Made::Pending => Outcome::Waiting,
        }
    }

    /// What follows from an error; waits where there is something to wait for.
    async fn after(&mut self, change: &Change, error: &Error, attempts: &mut Attempts) -> Then {
        let clock = self.job.clock;
        let failed = |cause| Then::Ended(Outcome::Failed(refused::failure(change, error, cause)));
        let answer = match refused::class(error, change, clock.now()) {
            Class::Answer(answer) => answer,
            Class::AccessBlocked => return self.stop(Stop::AccessBlocked, error, failed(Cause::Refused)),
            Class::Unusable => return self.stop(Stop::Unavailable, error, failed(Cause::Transient)),
            Class::PermissionMissing => {
                let failure = refused::failure(change, error, Cause::Refused);
                self.missing_permissions.insert(kind::of(change), failure.clone());
                return Then::Ended(Outcome::Failed(failure));
            }
            Class::InvitationLimit => {
                if let Change::InviteMember { login, .. } | Change::SetCollaborator { login, .. } = change {
                    self.invitations.limited(login);
                }
                return failed(Cause::Invitations);
            }
            Class::Moved => return Then::Ended(Outcome::Left(error.to_string())),
        };
        let next = attempts.next(self.sent(change), answer, clock.now(), clock.scale());
        if matches!(answer, Answer::Failed { .. }) {
            if self.streak.failed() {
                return self.stop(Stop::Unavailable, error, failed(Cause::Transient));
            }
        } else {
            self.streak.answered();
        }
        match next {
            Next::Again { at } => {
                tracing::info!(%error, "sent again");
                if self.wait(at).await { Then::Again } else { Then::Ended(Outcome::NotTried) }
            }
            Next::Done => Then::Gone,
            Next::FieldByField => Then::FieldByField,
            Next::Gone => {
                let about = refused::sentence(error);
                Then::Ended(Outcome::Left(format!(
                    "what it is about is not there any more (GitHub answered 404, {about})"
                )))
            }
            Next::Refused => {
                if kind::invites(change) {
                    self.invitations.answered();
                }
                failed(Cause::Refused)
            }
            Next::Unavailable => failed(Cause::Transient),
        }
    }

    fn stop(&mut self, stop: Stop, error: &Error, then: Then) -> Then {
        tracing::error!(%error, ?stop, "nothing more is sent");
        self.stop = Some(stop);
        self.sentence = Some(refused::sentence(error));
        then
    }

    fn sent(&self, change: &Change) -> Sent {
        let is_recent = kind::needs(change).iter().any(|named| self.recent.contains(named));
        Sent { method: change.request().0, parts: fields::each(change).len(), recent: is_recent }
    }

    /// Reads something, repeated as a write that may be repeated.
    ///
    /// # Errors
    /// What became of the operation for which it is read.
    pub(super) async fn read<T>(
        &mut self,
        change: &Change,
        mut ask: impl AsyncFnMut(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Outcome> {
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
            match self.after(change, &error, &mut attempts).await {
                Then::Again => {}
                Then::Ended(outcome) => return Err(outcome),
                Then::Gone | Then::FieldByField => {
                    return Err(Outcome::Failed(refused::failure(change, &error, Cause::Transient)));
                }
            }
        }
    }
}
