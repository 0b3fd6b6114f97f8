//! The one place that every write of the controllers passes, to Kubernetes and to GitHub: it lets them begin only while this
//! process leads, and knows which of them were answered.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use futures::future::{BoxFuture, FutureExt};
use http::{Method, Request, Response};
use jiff::{SignedDuration, Timestamp};
use kube::{
    Client, Config,
    client::{Body, ClientBuilder},
};
use peribolos_core::lease::{Moment, Refusal, Target, Times, Writes};
use peribolos_github::{Effect, Withheld};
use tokio::sync::Notify;
use tower::{BoxError, Layer, Service};

use super::clock;

/// The gate. Cheap to clone; closed until [`Gate::lead`].
#[derive(Clone, Default)]
pub struct Gate(Arc<Inner>);

#[derive(Default)]
struct Inner {
    writes: Mutex<Writes>,
    late: Notify,
}

impl Gate {
    /// A client of Kubernetes whose writes pass the gate. Nothing below the gate sends a request again, as kube would.
    ///
    /// # Errors
    /// When no client can be created.
    pub fn client(&self, mut config: Config) -> kube::Result<Client> {
        config.default_retry = false;
        Ok(ClientBuilder::try_from(config)?.with_layer(self).build())
    }

    /// Lets writes begin until `last`, those to GitHub from `quiet_until` on.
    pub(super) fn lead(&self, last: Moment, quiet_until: Option<Moment>) {
        self.writes().lead(last, quiet_until);
    }

    /// Permits writes that begin before that time.
    pub(super) fn renewed(&self, last: Moment) {
        self.writes().renewed(last);
    }

    /// Closes the gate.
    pub(super) fn close(&self) {
        self.writes().close();
    }

    /// Waits until a write was rejected because it came too late.
    pub(super) async fn late(&self) {
        self.0.late.notified().await;
    }

    /// Whether no write of this process can take effect any more.
    pub(super) fn are_answered(&self, times: &Times) -> bool {
        self.writes().are_answered(times, clock::now())
    }

    /// Until when nothing is written to GitHub, because an earlier process' writes may still take effect. None: it may be.
    pub fn github_quiet_until(&self) -> Option<Timestamp> {
        let now = clock::now();
        let left = now.until(self.writes().quiet_until(now)?);
        Timestamp::now().checked_add(SignedDuration::try_from(left).ok()?).ok()
    }

    /// Permits a write to begin.
    fn pass(&self, target: Target) -> Result<Pass, Refusal> {
        let begun = self.writes().begin(target, clock::now());
        if begun == Err(Refusal::Late) {
            self.0.late.notify_one();
        }
        begun.map(|()| Pass { gate: self.clone(), is_answered: false })
    }

    fn writes(&self) -> MutexGuard<'_, Writes> {
        self.0.writes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Gate").field(&*self.writes()).finish()
    }
}

/// A write that is under way.
struct Pass {
    gate: Gate,
    is_answered: bool,
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.gate.writes().end(self.is_answered, clock::now());
    }
}

impl peribolos_github::Gate for Gate {
    fn pass(&self, effect: Effect) -> Result<Box<dyn peribolos_github::Pass>, Withheld> {
        let target = match effect {
            Effect::Mint => Target::Mint,
            Effect::Write => Target::GitHub,
        };
        match Self::pass(self, target) {
            Ok(pass) => Ok(Box::new(pass)),
            Err(refusal) => {
                let after = if let Refusal::Quiet(left) = refusal { Some(left) } else { None };
                Err(Withheld { cause: Arc::new(refusal), after })
            }
        }
    }
}

impl peribolos_github::Pass for Pass {
    fn answered(mut self: Box<Self>) {
        self.is_answered = true;
    }
}

impl<S> Layer<S> for Gate {
    type Service = Gated<S>;

    fn layer(&self, inner: S) -> Gated<S> {
        Gated { gate: self.clone(), inner }
    }
}

/// A service whose requests pass a [`Gate`], except those that only read.
#[derive(Debug)]
pub struct Gated<S> {
    gate: Gate,
    inner: S,
}

impl<S, B> Service<Request<Body>> for Gated<S>
where
    S: Service<Request<Body>, Response = Response<B>, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<S::Response, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if *request.method() == Method::GET {
            return self.inner.call(request).boxed();
        }
        let (gate, sent) = (self.gate.clone(), self.inner.call(request));
        // Nothing is sent before the future is polled: the gate is checked right before that.
        async move {
            let mut pass = gate.pass(Target::Kubernetes)?;
            let answer = sent.await;
            pass.is_answered = answer.is_ok();
            answer
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, time::Duration};

    use tower::{ServiceExt, service_fn};

    use super::*;
    use peribolos_core::time_scale::TimeScale;

    fn request(method: Method) -> Request<Body> {
        Request::builder().method(method).uri("/x").body(Body::empty()).unwrap()
    }

    /// An API server that counts.
    fn counting(
        count: Arc<Mutex<Vec<Method>>>,
    ) -> impl Service<Request<Body>, Response = Response<Body>, Error = BoxError, Future: Send + 'static>
    {
        service_fn(move |request: Request<Body>| {
            let count = count.clone();
            async move {
                count.lock().unwrap().push(request.method().clone());
                Ok::<_, Infallible>(Response::new(Body::empty()))
            }
        })
        .map_err(|never: Infallible| match never {})
    }

    #[tokio::test]
    async fn writes_pass_only_while_it_is_open() {
        let (gate, count) = (Gate::default(), Arc::new(Mutex::new(Vec::new())));
        let mut server = gate.layer(counting(count.clone()));
        let mut send = async |method| server.ready().await.unwrap().call(request(method)).await.map(drop);
        send(Method::GET).await.unwrap();
        let error = send(Method::PATCH).await.unwrap_err();
        assert_eq!(error.to_string(), Refusal::Following.to_string());
        gate.lead(clock::now().after(Duration::from_mins(1)), None);
        send(Method::POST).await.unwrap();
        gate.renewed(Moment::since_boot(Duration::ZERO));
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let error = send(method).await.unwrap_err();
            assert_eq!(error.to_string(), Refusal::Late.to_string());
        }
        gate.late().await;
        assert_eq!(*count.lock().unwrap(), [Method::GET, Method::POST]);
    }

    #[tokio::test]
    async fn a_write_that_is_given_up_was_not_answered() {
        let gate = Gate::default();
        let times = Times::of(Duration::from_secs(15), TimeScale::REAL);
        gate.lead(clock::now().after(Duration::from_mins(1)), None);
        let never = service_fn(|_: Request<Body>| std::future::pending::<Result<Response<Body>, BoxError>>());
        let mut server = gate.layer(never);
        let mut sent = server.ready().await.unwrap().call(request(Method::POST));
        assert!((&mut sent).now_or_never().is_none());
        assert!(!gate.are_answered(&times), "it is under way");
        drop(sent);
        assert!(!gate.are_answered(&times));
    }

    #[test]
    fn github_is_left_alone_where_the_last_leader_may_still_write() {
        let gate = Gate::default();
        let now = clock::now();
        gate.lead(now.after(Duration::from_mins(1)), Some(now.after(Duration::from_secs(30))));
        assert!(gate.github_quiet_until().unwrap() > Timestamp::now());
        let pass =
            |effect| peribolos_github::Gate::pass(&gate, effect).map(drop).map_err(|withheld| withheld.after);
        assert!(pass(Effect::Write).unwrap_err().unwrap() <= Duration::from_secs(30));
        assert_eq!(pass(Effect::Mint), Ok(()));
    }
}
