//! The texts of the pictures in docs/pictures: what owners read on GitHub in one story without any fault.
//!
//! Each picture's texts are a snapshot beside it. `make pictures` writes them anew and draws the pictures from them.

mod page;
mod story;

use crate::{
    fault::Fault,
    story::{Missed, Teller},
    world::{Beginning, Plane, World},
};

/// How a deployment introduces itself to owners.
const CONTROLLER: [&str; 2] =
    ["--docs-url=https://wiki.acme.example/peribolos", "--support-url=https://help.acme.example/github"];

#[test]
fn the_pictures_show_what_github_shows() {
    let _one = crate::ONE_AT_A_TIME.lock();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let pages = runtime.block_on(async {
        let beginning = Beginning {
            fixture: story::FIXTURE,
            token_lifetime: "1h",
            flags: &[],
            controller: &CONTROLLER,
            standby: false,
        };
        let world = World::start(&Plane::Shared, beginning, Fault::None).await;
        let pages = story::tells(&Teller::new(&world)).await;
        pages.unwrap_or_else(|Missed(what)| {
            panic!("{what}; the controller's log:\n{}", world.controller.log())
        })
    });
    let mut snapshots = insta::Settings::clone_current();
    snapshots.set_snapshot_path("../../../../../docs/pictures");
    snapshots.set_prepend_module_to_snapshot(false);
    snapshots.set_omit_expression(true);
    snapshots.set_description("After a change: `make pictures`, and look at the pictures.");
    snapshots.bind(|| {
        for page in pages {
            insta::assert_snapshot!(page.name, page.text);
        }
    });
}
