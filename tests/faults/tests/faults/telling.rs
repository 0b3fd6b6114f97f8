//! One telling of a story: a world, a fault, an ending.

use std::time::{Duration, Instant};

use crate::{
    ending::Ending,
    fault::Fault,
    proxy::Passed,
    story::{Missed, Story, Teller},
    world::{Beginning, Plane, World},
};

/// How long nothing is written before a story begins, and after it has ended.
const QUIET: Duration = Duration::from_secs(2);
/// How often it is looked at.
const AGAIN: Duration = Duration::from_millis(300);

/// What came of a telling.
pub struct Told {
    pub ending: Ending,
    /// What passed between our programs and the servers.
    pub passed: Vec<Passed>,
    /// The request at which the fault happened first; of deliveries there is none.
    pub happened_at: Option<Passed>,
    /// What the programs have logged.
    pub logs: String,
}

/// Tells a story. Its ending is what is there when nothing is written any more and `is_due` says that it can be the ending, or
/// when that has not come for long.
pub async fn tell(plane: &Plane, story: &Story, fault: Fault, is_due: impl Fn(&Ending) -> bool) -> Told {
    let beginning = Beginning {
        fixture: story.fixture,
        token_lifetime: story.token_lifetime,
        scale: story.scale,
        flags: &[],
        controller: &[],
        // It goes on where the first one stands still.
        standby: matches!(fault, Fault::Paused { .. }),
    };
    let world = World::start(plane, beginning, fault).await;
    let teller = Teller::new(&world);
    let missed = match (story.begins)(&teller).await {
        Ok(()) => {
            world.quiet(QUIET, Instant::now() + story.scale.patience()).await;
            world.switchboard.arm();
            (story.tells)(&teller).await.err()
        }
        Err(Missed(what)) => Some(Missed(format!("before any fault: {what}"))),
    };
    // What a story that was broken off holds must end, too.
    world.tekton.release();
    let ending = ending(&teller, story.scale.patience(), missed.as_ref(), is_due).await;
    Told {
        ending,
        passed: world.switchboard.passed(),
        happened_at: world.switchboard.happened_at(),
        logs: logs(&world),
    }
}

/// What all programs have logged.
fn logs(world: &World) -> String {
    let programs = [Some(&world.controller), world.standby.as_ref(), Some(&world.receiver)];
    programs.into_iter().flatten().map(|program| program.log()).collect::<Vec<_>>().join("\n")
}

async fn ending(
    teller: &Teller<'_>,
    patience: Duration,
    missed: Option<&Missed>,
    is_due: impl Fn(&Ending) -> bool,
) -> Ending {
    let deadline = Instant::now() + patience;
    loop {
        teller.world.quiet(QUIET, deadline).await;
        match Ending::of(teller, missed).await {
            Ok(found) if is_due(&found) || Instant::now() > deadline => return found,
            Err(error) if Instant::now() > deadline => panic!("the end can't be read: {error}"),
            Ok(_) | Err(_) => tokio::time::sleep(AGAIN).await,
        }
    }
}
