//! A controller: its caches, what it has in memory, and its reconciles. A reconcile is the loop of `controller/run`: facts go into
//! `decide`, and out comes one look, one write, or a wait. It can be interrupted before each write.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_api::{GitHubInstallation, PeribolosRun, run::Phase};
use peribolos_core::{
    installation_status::last_apply,
    run::{
        answer::{Answer, Commented},
        decide,
        facts::{Facts, Reservation, is_labelled_ended},
        published::Published,
        queue,
        state::{State, phase},
        step::{Step, Verdict},
    },
};

use crate::{
    clock,
    known::{Known, hash_of},
    look,
    request::{self, Request},
    scope::{Broken, Scope},
    server::{Refused, Server},
    world::World,
    written::Written,
};

/// So many turns are enough for any reconcile.
const TURNS: usize = 60;

/// One process.
#[derive(Clone, Debug, Default, Hash, PartialEq, Eq)]
pub struct Controller {
    /// What its watches had when it looked last. None: it always looks at once.
    pub cache: Option<Cache>,
    /// What it knows of what it has published, by run.
    pub memory: BTreeMap<String, Known<Published>>,
    /// The runs that took a place below the limit.
    pub taken: BTreeSet<String>,
    /// Which versions of runs it has replaced or read.
    pub written: Written,
    /// The reconciles under way, by run.
    pub work: BTreeMap<String, Known<Work>>,
}

/// What the watches have.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
pub struct Cache {
    /// The installation.
    pub installation: Known<GitHubInstallation>,
    /// The runs that are not labelled as ended.
    pub runs: BTreeMap<String, Known<PeribolosRun>>,
}

impl Cache {
    /// All that there is.
    pub fn of(server: &Server) -> Self {
        Self { installation: server.installation.clone(), runs: server.watched() }
    }
}

/// A reconcile under way: what it knows, and what it does next.
#[derive(Clone, Debug)]
pub struct Work {
    /// What it knows.
    pub facts: Facts,
    /// The look or the write.
    pub next: Verdict,
}

impl Work {
    fn known(self) -> Known<Self> {
        let hash = hash_of(&(&self.next, seen(&self.facts)));
        Known::with_hash(self, hash)
    }

    /// The write that it does next.
    pub fn request(&self, server: &Server) -> Option<Request> {
        match &self.next {
            Verdict::Do(step) => request_of(&self.facts, step, server),
            Verdict::Need(_) | Verdict::Wait(_) => None,
        }
    }
}

/// All of the facts that can differ.
fn seen(facts: &Facts) -> impl std::fmt::Debug + '_ {
    let others: Vec<_> = facts.others().map(told).collect();
    let installation = facts.installation.as_ref().map(|installation| &installation.status);
    let run = (&facts.run.metadata.resource_version, facts.run.spec.cancel, &facts.run.status);
    (run, installation, others, &facts.published, &facts.found, &facts.trouble)
}

/// All that a decision about a run looks at of another one.
fn told(run: &PeribolosRun) -> impl std::fmt::Debug + '_ {
    let status = run.status.as_ref();
    let retry_at = status.and_then(|status| status.retry_at.as_ref());
    let name = (&run.metadata.name, run.spec.cancel, is_labelled_ended(run));
    let last = last_apply(run, &run.status.clone().unwrap_or_default());
    (
        name,
        State::of(run),
        phase(run),
        queue::commit(run),
        status.and_then(|status| status.blob.as_ref()),
        retry_at,
        last,
    )
}

/// The reconcile goes on until something that others can see, or until it waits.
pub fn go_on(scope: &Scope, world: &mut World, who: usize, mut facts: Facts) {
    let name = facts.name().to_owned();
    let now = clock::at(world.tick);
    for _ in 0..TURNS {
        let next = decide(&facts, now);
        match &next {
            Verdict::Wait(_) => return keep(world, who, &facts),
            Verdict::Need(needs) if !scope.looks || !needs.iter().any(look::is_of_others) => {
                for need in needs {
                    let fact = look::look(scope, world, &facts, need);
                    facts.add(fact, now);
                }
            }
            Verdict::Do(step) if !is_seen(scope, step) => {
                let answer = at_once(scope, world, who, &facts, step);
                facts.apply(step, answer, now);
            }
            Verdict::Need(_) | Verdict::Do(_) if world.may_stop_reconciles() => {
                let work = Work { facts, next }.known();
                world.controllers[who].work.insert(name.clone(), work);
                world.running = Some((who, name));
                return;
            }
            Verdict::Need(_) | Verdict::Do(_) => {
                if !carry_on(scope, world, who, &mut facts, &next) {
                    return fail(world, who, &facts);
                }
            }
        }
    }
    world.monitor.restless = true;
}

/// The reconcile has failed: what it wrote may be there all the same.
pub fn fail(world: &mut World, who: usize, facts: &Facts) {
    world.controllers[who].written.doubt(facts.uid());
    keep(world, who, facts);
}

/// The reconcile has ended: what it knows of GitHub stays.
pub fn keep(world: &mut World, who: usize, facts: &Facts) {
    let name = facts.name();
    let controller = &mut world.controllers[who];
    controller.work.remove(name);
    world.running = None;
    if is_labelled_ended(&facts.run) {
        controller.memory.remove(name);
        controller.taken.remove(name);
    } else if controller.memory.get(name).is_none_or(|known| **known != facts.published) {
        controller.memory.insert(name.to_owned(), Known::new(facts.published.clone()));
    }
}

/// Whether others can see the write.
fn is_seen(scope: &Scope, step: &Step) -> bool {
    match step {
        Step::WriteStatus(_)
        | Step::TakeSlot(_)
        | Step::FreeSlot { .. }
        | Step::CreateTaskRun(_)
        | Step::CloseAttempt(_)
        | Step::StopTaskRun(_)
        | Step::CreateRun(_)
        | Step::Record(_)
        | Step::Label => true,
        Step::WriteCheck(..) => scope.checks,
        _ => false,
    }
}

/// A write that nobody else sees, or that is not looked at in this check.
fn at_once(scope: &Scope, world: &mut World, who: usize, facts: &Facts, step: &Step) -> Answer {
    match step {
        Step::Reserve => Answer::Reservation(reserve(world, who, facts)),
        Step::EnsureToken(_) => {
            if !scope.is(Broken::NoToken) {
                world.token = Some(world.tick);
            }
            Answer::Done
        }
        Step::Clear => {
            world.controllers[who].taken.remove(facts.name());
            Answer::Done
        }
        Step::WriteCheck(id, check) => Answer::Check(world.github.write_check(*id, facts.uid(), check.state)),
        Step::WriteComment(_) => Answer::Comment(Commented::AsWanted),
        _ => Answer::Done,
    }
}

/// As `state::reservations` does, with places for all.
fn reserve(world: &mut World, who: usize, facts: &Facts) -> Reservation {
    let runs = &world.server.runs;
    let controller = &mut world.controllers[who];
    controller.taken.retain(|taken| runs.get(taken).is_some_and(|there| !phase(there).is_final()));
    let rival = controller
        .taken
        .iter()
        .find(|taken| runs.get(*taken).is_some_and(|there| queue::rivals(&facts.run, there)));
    if let Some(rival) = rival {
        return Reservation::Rival(rival.clone());
    }
    controller.taken.insert(facts.name().to_owned());
    Reservation::Granted
}

/// The reconcile does what it is to do next.
pub fn turn(scope: &Scope, world: &mut World, who: usize, name: &str) {
    let Some(work) = world.controllers[who].work.remove(name) else { return };
    let Work { mut facts, next } = (*work).clone();
    if carry_on(scope, world, who, &mut facts, &next) {
        go_on(scope, world, who, facts);
    } else {
        fail(world, who, &facts);
    }
}

/// Does this look or write. False: it failed, and the reconcile ends.
fn carry_on(scope: &Scope, world: &mut World, who: usize, facts: &mut Facts, next: &Verdict) -> bool {
    let now = clock::at(world.tick);
    match next {
        Verdict::Need(needs) => {
            for need in needs {
                let fact = look::look(scope, world, facts, need);
                facts.add(fact, now);
            }
            true
        }
        Verdict::Do(step) => {
            facts.sends(step);
            let answer = match request_of(facts, step, &world.server) {
                Some(request) => perform(scope, world, &request),
                None => Ok(Answer::Done),
            };
            let Ok(answer) = answer else { return false };
            let (before, version) = (State::of(&facts.run), facts.run.metadata.resource_version.clone());
            facts.apply(step, answer, now);
            if facts.run.metadata.resource_version != version {
                world.controllers[who].written.know(version, &facts.run);
            }
            release(world, who, before, facts);
            true
        }
        Verdict::Wait(_) => false,
    }
}

fn request_of(facts: &Facts, step: &Step, server: &Server) -> Option<Request> {
    request::of(facts, step, |name| server.task_runs.get(name).map(|there| there.version))
}

/// Between two attempts others may run.
fn release(world: &mut World, who: usize, before: State, facts: &Facts) {
    let after = State::of(&facts.run);
    if before.is_active() && !after.is_active() && phase(&facts.run) == Phase::Queued {
        world.controllers[who].taken.remove(facts.name());
    }
}

/// The API server or GitHub carries out a write.
pub fn perform(scope: &Scope, world: &mut World, request: &Request) -> Result<Answer, Refused> {
    let blind = scope.is(Broken::NoVersions);
    let version = |version: &String| (!blind).then(|| version.clone());
    let server = &mut world.server;
    match request {
        Request::Status { run, version: at, status } => {
            let set = |run: &mut PeribolosRun| run.status = Some((**status).clone());
            let run = server.change_run(run, version(at).as_deref(), set)?;
            Ok(Answer::Run(Box::new(run)))
        }
        Request::Label { run, version: at } => {
            let run = server.change_run(run, version(at).as_deref(), crate::server::label)?;
            Ok(Answer::Run(Box::new(run)))
        }
        Request::Installation(patch) => {
            // Too late or not: the answer is the installation as it is.
            let _ = server.patch_installation(patch, blind);
            Ok(Answer::Installation(Some(Box::new((*server.installation).clone()))))
        }
        Request::Run { run, raise } => {
            let ensured = server.ensure_run(run, world.tick);
            if let (crate::server::Ensured::Ended, Some(patch)) = (ensured, raise) {
                let _ = server.patch_installation(patch, blind);
                return Ok(Answer::Installation(Some(Box::new((*server.installation).clone()))));
            }
            Ok(Answer::Done)
        }
        Request::TaskRun { name, run, commit } => {
            let is_closed = world.make_task_run(scope, name, run, *commit);
            Ok(if is_closed { Answer::Closed } else { Answer::Done })
        }
        Request::Close { name, run } => {
            let is_closed = world.close_task_run(scope, name, run);
            Ok(if is_closed { Answer::Closed } else { Answer::Done })
        }
        Request::Stop { name, version } => {
            if let Some(task_run) = server.task_runs.get_mut(name) {
                if task_run.version != *version && !blind {
                    return Err(Refused::Conflict);
                }
                task_run.cancelled = true;
                task_run.version += 1;
            }
            Ok(Answer::Done)
        }
        Request::Check { id, uid, state } => Ok(Answer::Check(world.github.write_check(*id, uid, *state))),
    }
}
