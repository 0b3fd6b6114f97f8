//! Stories of the operator's life, told again and again with one fault each: whatever goes wrong, the end is the same.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests end by panicking, and say what they are at"
)]

mod ending;
mod fault;
mod proxy;
mod story;
#[path = "../../../../crates/operator/tests/support/mod.rs"]
mod support;
mod telling;
mod world;

#[tokio::test(flavor = "multi_thread")]
async fn scratch() {
    let plane = support::ControlPlane::shared();
    let only = std::env::var("ONLY").unwrap_or_default();
    for story in &story::STORIES {
        if !story.name.contains(&only) { continue }
        let begin = std::time::Instant::now();
        let told = telling::tell(plane, story, fault::Fault::None, None).await;
        let writes = told.passed.iter().filter(|p| p.route.is_write()).count();
        println!("{}: {:?}, {writes} writes, {} requests, wrong: {:#?}", story.name, begin.elapsed(), told.passed.len(), told.ending.wrongs());
        std::fs::create_dir_all("/tmp/f-out").unwrap();
        std::fs::write(format!("/tmp/f-out/{}.txt", story.name), told.ending.to_string()).unwrap();
        std::fs::write(format!("/tmp/f-out/{}.log", story.name), told.logs).unwrap();
        let again = telling::tell(plane, story, fault::Fault::None, Some(&told.ending)).await;
        println!("again {:?}: {:#?}", begin.elapsed(), told.ending.difference(&again.ending));
    }
}
