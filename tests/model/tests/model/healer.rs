//! The healer's look at the file: at GitHub first, then at the API server, as `controller/heal/file` does. Whether a run is made
//! is `core::heal`'s own decision.

use peribolos_api::{
    PeribolosRun,
    run::{Mode, Source},
};
use peribolos_core::{
    event::NewRun,
    heal::file::{Head, ensure},
    names,
    run::follow_up::new_run,
};

use crate::{
    clock,
    github::{blob, sha},
    known::Known,
    scope::Scope,
    server::INSTALLATION,
    world::World,
};

/// How far a look has come.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
pub enum Look {
    /// This commit was the head.
    Head(usize),
    /// This run is to be made.
    Make(Known<NewRun>),
}

/// The run that is to be made for the commit that was the head, by what the API server has now.
pub fn run_for(scope: &Scope, world: &World, head: usize) -> Option<NewRun> {
    let (installation, now) = (&world.server.installation, clock::at(world.tick));
    let alive = world.server.watched();
    let alive: Vec<&PeribolosRun> = alive.values().map(|run| &**run).collect();
    let status = installation.status.as_ref()?;
    let (sha, blob) = (sha(head), blob(scope.files[head]));
    let mode = ensure(status, Head { sha: &sha, blob: &blob }, &alive, now)?;
    let sequence = status.heal_sequence.unwrap_or(0);
    let name = match mode {
        Mode::Apply => names::healing_run(INSTALLATION, sequence, &sha),
        Mode::DryRun | Mode::Dump => names::healing_dry_run(INSTALLATION, sequence, &sha),
    };
    let source = Source {
        repository: "acme/.github".to_owned(),
        git_ref: "refs/heads/main".to_owned(),
        sha,
        pull_request: None,
    };
    Some(new_run(installation, name, mode, "heal", source, now))
}
