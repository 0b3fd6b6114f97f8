//! Many pull requests at once, and a base that gets another file under them.

use std::{
    fmt::Write,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    fault::Fault,
    proxy::Order,
    story::Teller,
    world::{Beginning, Plane, Scale, World},
};

const PULLS: usize = 30;

const FIXTURE: &str = "
users: [eve]
user_tokens: {ghp_alice: alice}
orgs:
  acme:
    id: 9001
    settings: {name: Acme, billing_email: billing@acme.example}
    members: {alice: admin, bob: admin, carol: member}
    repos:
      .github: {visibility: private, files: {README.md: x}}
    installation: {id: 1234567}
";

/// A file with many remarks, of which one is this; and a description.
fn file(description: &str, remark: Option<usize>) -> String {
    let mut text = format!(
        "orgs:\n  acme:\n    name: Acme\n    billing_email: billing@acme.example\n    description: {description}\n    admins: [alice, bob]\n    members: [carol]\n"
    );
    for n in 0..PULLS * 4 {
        let mine = if remark.is_some_and(|remark| remark * 4 == n) { "changed" } else { "as it was" };
        let _ = writeln!(text, "# remark {n} {mine}");
    }
    text
}

#[test]
#[ignore = "takes five minutes"]
fn many_pull_requests_keep_no_green_check_of_the_old_base() {
    let _one = crate::ONE_AT_A_TIME.lock();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let plane = Plane::Shared;
        let beginning = Beginning {
            fixture: FIXTURE,
            token_lifetime: "1h",
            scale: Scale::USUAL,
            flags: &[],
            standby: false,
            controller: &[],
        };
        let world = World::start(&plane, beginning, Fault::Deliveries(Order::TripledAndShuffled(5))).await;
        let teller = Teller::new(&world);
        teller.is_ready().await.unwrap();
        teller.rest().await.unwrap();
        let first = teller.pushes("alice", "main", "first", &file("one", None)).await;
        teller.check_is(&first, "peribolos", "success").await.unwrap();
        teller.rest().await.unwrap();
        let mut heads = Vec::new();
        for n in 0..PULLS {
            let sender = if n % 2 == 0 { "alice" } else { "carol" };
            heads.push(teller.opens(sender, &format!("pull-{n}"), &file("one", Some(n))).await);
        }
        let begun = Instant::now();
        let mut wrong = vec!["nothing yet".to_owned()];
        while !wrong.is_empty() && begun.elapsed() < Duration::from_mins(4) {
            tokio::time::sleep(Duration::from_secs(1)).await;
            wrong = wrongs(&world, &heads).await;
        }
        println!("all are previewed after {:?}, wrong: {wrong:?}", begun.elapsed());
        let before = newest(&world, &heads).await;
        let begun = Instant::now();
        let sha = teller.pushes("alice", "main", "base", &file("two", None)).await;
        teller.check_is(&sha, "peribolos", "success").await.unwrap();
        println!("applied after {:?}", begun.elapsed());
        // A minute is three seconds here.
        for minutes in [1, 5, 10, 20, 40] {
            tokio::time::sleep(Duration::from_secs(minutes * 3).saturating_sub(begun.elapsed())).await;
            let now = newest(&world, &heads).await;
            let stale = before.iter().zip(&now).filter(|(before, now)| before == now).count();
            println!("after {minutes} min {stale} of {PULLS} still show the green check of the old base");
        }
        let now = newest(&world, &heads).await;
        assert!(before.iter().zip(&now).all(|(before, now)| before != now), "stale and green");
    });
}

fn comments(org: &Value, number: i64) -> Vec<String> {
    let pull = org["pulls"].as_array().unwrap().iter().find(|pull| pull["number"] == number).unwrap();
    let all = pull["comments"].as_array().cloned().unwrap_or_default();
    all.iter().filter_map(|comment| comment["body"].as_str().map(str::to_owned)).collect()
}

/// What is not as it should be in the end.
async fn wrongs(world: &World, heads: &[(i64, String)]) -> Vec<String> {
    let org = world.github.org("acme").await;
    let mut wrong = Vec::new();
    for (number, head) in heads {
        let its =
            |check: &&Value| check["head_sha"] == head.as_str() && check["name"] == "peribolos / preview";
        let mut all: Vec<&Value> = org["checks"].as_array().unwrap().iter().filter(its).collect();
        all.sort_by_key(|check| check["id"].as_i64());
        let unfinished = all.iter().filter(|check| check["status"] != "completed").count();
        let newest = all.last().map(|check| (check["conclusion"].clone(), check["output"]["title"].clone()));
        let previews =
            comments(&org, *number).iter().filter(|body| body.contains("peribolos-preview")).count();
        if unfinished > 0
            || previews != 1
            || newest.as_ref().is_none_or(|(conclusion, _)| *conclusion != json!("success"))
        {
            wrong.push(format!(
                "#{number}: {} checks, {unfinished} unfinished, {previews} comments, {newest:?}",
                all.len()
            ));
        }
    }
    wrong
}

/// The number of the newest preview's check of each.
async fn newest(world: &World, heads: &[(i64, String)]) -> Vec<Option<i64>> {
    let org = world.github.org("acme").await;
    let of = |head: &String| {
        let its =
            |check: &&Value| check["head_sha"] == head.as_str() && check["name"] == "peribolos / preview";
        org["checks"].as_array().unwrap().iter().filter(its).filter_map(|check| check["id"].as_i64()).max()
    };
    heads.iter().map(|(_, head)| of(head)).collect()
}
