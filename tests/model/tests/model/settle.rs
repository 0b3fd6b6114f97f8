//! How the whole ends from a state if nothing comes from outside any more: one fair order of events, until nothing is left to be
//! done. Each state has one next state, so what is known of one is known of all before it.

use std::{
    collections::HashMap,
    fmt::Write,
    sync::{Mutex, PoisonError},
};

use peribolos_core::run::{check, facts::Settings, state::phase};

use crate::{
    clock,
    event::{Event, Seen},
    github::sha,
    healer::run_for,
    scope::{Broken, Faults, Scope},
    server::PodEnd,
    world::{Delivery, World},
    written::Written,
};

/// If it has not come to rest by then, it never does: fifteen hours.
const LONGEST: u8 = 45;

/// So much of a story is told.
const LONGEST_STORY: usize = 80;

/// How states end. None: well.
#[derive(Debug, Default)]
pub struct Endings(Mutex<HashMap<u64, Option<String>>>);

impl Endings {
    /// Why the whole does not end well from here. None: it does.
    pub fn of(&self, scope: &Scope, world: &World) -> Option<String> {
        // Here nothing comes between a look and what follows from it.
        let scope = &Scope { looks: false, ..scope.clone() };
        let mut way = Vec::new();
        let mut at = quiet(world);
        let ending = loop {
            let hash = hash(&at);
            if let Some(known) = self.lock().get(&hash) {
                break known.clone();
            }
            if way.contains(&hash) {
                break Some(format!("it goes round in circles: {}", left(&at)));
            }
            way.push(hash);
            if at.is_broken() {
                break Some("on the way, something happens that never must".to_owned());
            }
            match next(scope, &at) {
                Some((_, after)) => at = after,
                None => break at_rest(scope, &at),
            }
            if at.tick > LONGEST {
                break Some(format!("it does not come to rest: {}", left(&at)));
            }
        };
        let mut known = self.lock();
        for hash in way {
            known.insert(hash, ending.clone());
        }
        ending
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Option<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hash(world: &World) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    world.hash(&mut hasher);
    hasher.finish()
}

/// The same state where no fault happens any more, nothing lands late, and the controller that leads is the only one.
pub fn quiet(world: &World) -> World {
    let mut quiet = world.clone();
    quiet.is_quiet = true;
    quiet.left = Faults::default();
    quiet.late.clear();
    quiet.look = None;
    quiet.running = None;
    quiet.controllers[1 - world.leader] = crate::controller::Controller::default();
    quiet.server.versions = None;
    let leader = &mut quiet.controllers[world.leader];
    (leader.cache, leader.written) = (None, Written::default());
    // A delivery that was lost is one that never was.
    for delivery in &mut quiet.deliveries {
        if *delivery == Delivery::Lost {
            *delivery = Delivery::Taken;
        }
    }
    // It only says what has happened.
    quiet.monitor.made.clear();
    quiet
}

/// What happens next, and what comes of it. None: nothing, for ever.
pub fn next(scope: &Scope, world: &World) -> Option<(Event, World)> {
    let alive = world.alive();
    let who = world.leader;
    let comes = |event: Event| {
        let after = world.after(scope, &event);
        (event, after)
    };
    let going = world.running.as_ref().map(|(_, name)| name);
    if let Some(name) = going.or_else(|| world.controllers[who].work.keys().next()) {
        return Some(comes(Event::Turn(who, name.clone())));
    }
    if let Some(index) = world.deliveries.iter().position(|delivery| *delivery == Delivery::Sent) {
        return Some(comes(Event::Deliver(index)));
    }
    let reconciles = alive.keys().map(|name| comes(Event::Begin(who, name.clone(), Seen::Fresh)));
    if let Some(moved) = reconciles.into_iter().find(|(_, after)| after != world) {
        return Some(moved);
    }
    if let Some(event) = of_tekton(world) {
        return Some(comes(event));
    }
    let heals = !scope.is(Broken::NoHealer)
        && (world.look.is_some() || run_for(scope, world, world.github.head()).is_some());
    if heals {
        return Some(comes(Event::Heal));
    }
    if !alive.is_empty() {
        return Some(comes(Event::TimePasses));
    }
    (!world.contradicted().is_empty()).then(|| comes(Event::Sweep))
}

/// Tekton does what it is to do, and every pod ends well.
fn of_tekton(world: &World) -> Option<Event> {
    for (name, task_run) in &world.server.task_runs {
        match (task_run.end, task_run.cancelled, task_run.has_pod) {
            (None, true, _) => return Some(Event::EndPod(name.clone(), PodEnd::Stopped)),
            (None, false, true) => return Some(Event::EndPod(name.clone(), PodEnd::Applied)),
            (None, false, false) if !world.pods.contains_key(name) => {
                return Some(Event::StartPod(name.clone()));
            }
            (Some(_), ..) | (None, false, false) => {}
        }
    }
    world.orphans().next().map(|name| Event::RemovePod(name.clone()))
}

/// What happens until the end, in words.
pub fn story(scope: &Scope, world: &World) -> String {
    let (mut text, mut at) = (String::new(), quiet(world));
    for _ in 0..LONGEST_STORY {
        let Some((event, after)) = next(scope, &at) else { break };
        let _ = writeln!(text, "    {}", at.text(&event));
        at = after;
    }
    text
}

/// Why this is no good end. None: it is.
fn at_rest(scope: &Scope, world: &World) -> Option<String> {
    let head = world.github.head();
    // Whoever cancels the head's run means the head.
    let is_declined =
        world.server.runs.values().any(|run| run.spec.cancel && run.spec.source.sha == sha(head));
    if world.github.applied != Some(scope.files[head]) && !is_declined {
        return Some(format!(
            "the head's file is not applied, but {:?}: {}",
            world.github.applied,
            left(world)
        ));
    }
    let status = world.server.installation.status.as_ref()?;
    if let Some(active) = &status.active_run {
        return Some(format!("{} has the slot for ever", active.name));
    }
    let settings = Settings {
        namespace: String::new(),
        capacity: 0,
        time_scale: peribolos_core::time_scale::TimeScale::REAL,
        late: jiff::SignedDuration::ZERO,
        details_url_template: None,
        support_url: None,
        docs_url: None,
    };
    for run in world.server.runs.values() {
        let uid = run.metadata.uid.clone().unwrap_or_default();
        let wanted = check::wanted(run, None, &settings).map(|wanted| wanted.state);
        let there = world.github.checks.iter().filter(|check| check.external_id == uid);
        let shown: Vec<_> = there.map(|check| check.state).collect();
        let first = shown.first().copied();
        if first != wanted && (first.is_some() || wanted.is_some()) {
            return Some(format!("the check of {uid} is {first:?}, not {wanted:?}"));
        }
        if let Some(open) = shown.iter().find(|state| !matches!(state, check::CheckState::Completed(_))) {
            return Some(format!("a check of {uid} is {open:?} for ever"));
        }
    }
    None
}

/// The runs and the slot, in words.
pub fn left(world: &World) -> String {
    let mut text = String::new();
    for (name, run) in &world.server.runs {
        let status = run.status.clone().unwrap_or_default();
        let _ = write!(
            text,
            "{name} {} {} {} attempt {:?}; ",
            run.spec.source.sha.get(..3).unwrap_or_default(),
            phase(run).as_str(),
            status.reason.unwrap_or_default(),
            status.attempts,
        );
    }
    let status = world.server.installation.status.clone().unwrap_or_default();
    let (slot, sequence) = (status.active_run.map(|active| active.name), status.heal_sequence);
    let _ = write!(text, "slot {slot:?}, sequence {sequence:?}, at {}", clock::at(world.tick));
    text
}
