//! One telling of a story: a world, a fault, an ending.

use std::time::{Duration, Instant};

use crate::{
    ending::Ending,
    fault::Fault,
    proxy::Passed,
    story::{Missed, Story, Teller},
    support::ControlPlane,
    world::World,
};

/// How long nothing may be written before a story has ended.
const QUIET: Duration = Duration::from_secs(3);
/// How long after the story its ending may still become the expected one: longer than the pause after any single fault.
const PATIENCE: Duration = Duration::from_secs(90);
/// How often it is looked at.
const AGAIN: Duration = Duration::from_millis(300);

/// What came of a telling.
pub struct Told {
    pub ending: Ending,
    /// What passed between our programs and the servers.
    pub passed: Vec<Passed>,
    /// Whether the fault has happened.
    pub has_happened: bool,
    /// What the programs have logged.
    pub logs: String,
}

/// Tells a story. With an ending that is expected it waits for that one, else until nothing changes any more.
pub async fn tell(plane: &ControlPlane, story: &Story, fault: Fault, expected: Option<&Ending>) -> Told {
    let world = World::start(plane, story, fault).await;
    let teller = Teller::new(&world);
    let missed = match (story.begins)(&teller).await {
        Ok(()) => {
            quiet(&world, Instant::now() + PATIENCE).await;
            world.switchboard.arm();
            (story.tells)(&teller).await.err()
        }
        Err(Missed(what)) => Some(Missed(format!("before any fault: {what}"))),
    };
    // What a story that was broken off holds must end, too.
    world.tekton.release();
    let ending = ending(&teller, missed.as_ref(), expected).await;
    Told {
        ending,
        passed: world.switchboard.passed(),
        has_happened: world.switchboard.has_happened(),
        logs: format!("{}\n{}", world.controller.log(), world.receiver.log()),
    }
}

async fn ending(teller: &Teller<'_>, missed: Option<&Missed>, expected: Option<&Ending>) -> Ending {
    let deadline = Instant::now() + PATIENCE;
    loop {
        quiet(teller.world, deadline).await;
        let found = Ending::of(teller, missed).await;
        match (found, expected) {
            (Ok(found), None) => return found,
            (Ok(found), Some(expected)) if found == *expected || Instant::now() > deadline => return found,
            (Err(error), _) if Instant::now() > deadline => panic!("the end can't be read: {error}"),
            _ => tokio::time::sleep(AGAIN).await,
        }
    }
}

/// Waits until nothing is written any more.
async fn quiet(world: &World, deadline: Instant) {
    while world.switchboard.quiet_for() < QUIET && Instant::now() < deadline {
        tokio::time::sleep(AGAIN).await;
    }
}
