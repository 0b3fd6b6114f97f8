//! What is shown is what happens: previews, guards, removals that nobody saw, drift.

use anyhow::{Context, Result, ensure};
use peribolos_e2e::{
    Kind, Org, World, until,
    wait::{POD, SOON},
};
use serde_json::{Value, json};

use super::words;

/// The configuration that says what is there, but for carol.
fn without_carol(org: &Org) -> String {
    org.file(&[]).replace("members:\n    - carol", "members: []").replace("[carol]", "[]")
}

#[tokio::test]
async fn a_preview_shows_what_the_merge_then_does() -> Result<()> {
    let world = World::connect().await?;
    let org = Org::new(&world, "planned").await?;
    org.people(&["dave"]).await?;
    org.push(&org.file(&[])).await?;
    org.adopt(json!({})).await?;
    let text = org.file(&["dave"]).replace("members: [carol]", "members: []");
    let (number, head) = org.propose(&text, "change", "carol").await?;
    let (conclusion, preview) = org.previewed(&head).await?;
    ensure!(conclusion == "success", "{preview:#}");
    for part in ["Removals", "`carol`", "1 member: `dave`"] {
        ensure!(words(&preview).contains(part), "the preview does not say {part}: {preview:#}");
    }
    ensure!(org.changes().await?.is_empty(), "a preview changed {:?}", org.changes().await?);

    let sha = org.merge(number).await?;
    let (conclusion, check) = org.concluded(&sha).await?;
    ensure!(conclusion == "success", "{check:#}");
    let run = org.apply_is(&sha, "Succeeded").await?;
    let changes = &run["status"]["changes"];
    // Dave has yet to accept.
    ensure!(changes["summary"] == "2 planned, 2 applied, 1 waiting to be accepted", "{run:#}");
    ensure!(run["status"]["reason"] == "Applied", "{run:#}");
    ensure!(org.changes().await?.len() == 2, "{:?}", org.changes().await?);

    // He accepts. The same file again: nothing to do.
    org.by_hand(|state| {
        state["invitations"] = json!([]);
        state["members"]["dave"] = json!("member");
    })
    .await?;
    let sha = org.push(&(text + "# the same\n")).await?;
    org.concluded(&sha).await?;
    let run = org.apply_is(&sha, "Succeeded").await?;
    ensure!(run["status"]["reason"] == "NoChanges", "{run:#}");
    ensure!(org.changes().await?.len() == 2, "{:?}", org.changes().await?);
    Ok(())
}

#[tokio::test]
async fn a_nested_team_gets_a_new_description_and_stays_in_its_place() -> Result<()> {
    let world = World::connect().await?;
    let org = Org::new(&world, "nested").await?;
    let below = json!({"name": "Below", "slug": "below", "privacy": "closed", "parent": "core", "members": {}, "repos": {}});
    org.by_hand(|state| state["teams"].as_array_mut().expect("teams").push(below.clone())).await?;
    org.adopt(json!({})).await?;
    let below =
        "        teams:\n          Below: {description: new, privacy: closed, members: [], repos: {}}\n";
    org.push(&(org.file(&[]) + below)).await?;
    until(2 * POD, "the team is described and in its place", async || {
        let teams = org.state().await?["teams"].as_array().cloned().unwrap_or_default();
        let below = teams.into_iter().find(|team| team["slug"] == "below").unwrap_or_default();
        Ok((below["description"] == "new" && below["parent"] == "core").then_some(()))
    })
    .await?;
    ensure!(org.changes().await?.len() == 1, "one request describes it: {:?}", org.changes().await?);
    Ok(())
}

#[tokio::test]
async fn a_check_that_github_did_not_take_is_written_in_full_later() -> Result<()> {
    let world = World::connect().await?;
    let org = Org::new(&world, "retold").await?;
    org.push(&org.file(&[])).await?;
    org.adopt(json!({})).await?;
    world.sim.fail("PATCH", "/repos/retold/.github/check-runs/*", 502, 3).await?;
    let text = without_carol(&org);
    let (_, head) = org.propose(&text, "removal", "alice").await?;
    let (conclusion, check) = org.previewed(&head).await?;
    ensure!(conclusion == "success", "{check:#}");
    ensure!(words(&check).contains("`carol`"), "the check does not say who would be removed: {check:#}");
    Ok(())
}

/// More answers than any test has to wait for.
const FOR_GOOD: u64 = 1_000_000;

#[tokio::test]
async fn what_no_check_could_say_was_shown_to_nobody() -> Result<()> {
    let world = World::connect().await?;
    // One is tried again and again, the other is given up.
    for (login, status) in [("unheard", 502), ("unspoken", 422)] {
        let org = Org::new(&world, login).await?;
        org.push(&org.file(&[])).await?;
        org.adopt(json!({})).await?;
        world.sim.fail("PATCH", &format!("/repos/{login}/.github/check-runs/*"), status, FOR_GOOD).await?;
        let text = without_carol(&org);
        let (number, head) = org.propose(&text, "removal", "alice").await?;
        let ended = |run: &Value| run["spec"]["mode"] == "DryRun" && run["status"]["phase"] == "Succeeded";
        until(POD, "the preview has ended", async || {
            Ok(org.runs().await?.iter().any(|run| ended(run) && run["status"]["sha"] == head).then_some(()))
        })
        .await?;
        let sha = org.merge(number).await?;
        let run = org.apply_is(&sha, "Failed").await?;
        ensure!(run["status"]["reason"] == "GuardTripped", "{run:#}");
        // Nobody could read why it was stopped, so nobody approves of it.
        org.comment(number, "/peribolos apply", "alice").await?;
        until(POD, "the owner's command is stopped, too", async || {
            let runs = org.runs().await?;
            let asked = runs.into_iter().find(|run| run["spec"]["trigger"]["event"] == "issue_comment");
            Ok(asked.filter(|run| run["status"]["reason"] == "GuardTripped"))
        })
        .await?;
        ensure!(org.changes().await?.is_empty(), "{login}: {:?}", org.changes().await?);
    }
    Ok(())
}

#[tokio::test]
async fn an_issue_about_drift_that_github_did_not_take_is_written_later() -> Result<()> {
    let world = World::connect().await?;
    let org = Org::new(&world, "untold").await?;
    org.people(&["dave"]).await?;
    org.adopt(json!({})).await?;
    let sha = org.push(&org.file(&[])).await?;
    ensure!(org.concluded(&sha).await?.0 == "success", "the push failed");
    // A comparison that begins before the Apply has left its slot says nothing about drift.
    until(SOON, "the Apply has left its slot", async || {
        let status = org.installation().await?["status"].clone();
        Ok((status["lastApply"]["sha"] == json!(sha) && status["activeRun"].is_null()).then_some(()))
    })
    .await?;
    org.by_hand(|state| state["members"]["dave"] = json!("member")).await?;
    world.sim.fail("POST", "/repos/untold/.github/issues", 502, 2).await?;
    let installation = org.installation().await?["metadata"]["name"].clone();
    let look = json!({"metadata": {"name": "untold-look"}, "spec": {"installationRef": {"name": installation}, "mode": "DryRun"}});
    world.cluster.create(Kind::Run, look).await?;
    until(2 * POD, "the issue is open, and the run says since when", async || {
        let issues = org.state().await?["issues"].as_array().cloned().unwrap_or_default();
        let run = world.cluster.get(Kind::Run, "untold-look").await?.context("the run is gone")?;
        ensure!(issues.len() < 2, "two issues: {issues:#?}");
        Ok((issues.len() == 1 && run["status"]["shownAt"].is_string()).then_some(()))
    })
    .await
}

#[tokio::test]
async fn a_guard_stops_a_run_before_its_first_write() -> Result<()> {
    let world = World::connect().await?;
    let org = Org::new(&world, "guarded").await?;
    let people = ["dave", "erin", "frank"];
    org.people(&people).await?;
    org.by_hand(|state| {
        for login in people {
            state["members"][login] = json!("member");
        }
    })
    .await?;
    org.adopt(json!({})).await?;
    let sha = org.push(&org.file(&people[..1])).await?;
    let (conclusion, check) = org.concluded(&sha).await?;
    ensure!(conclusion == "failure", "{check:#}");
    ensure!(words(&check).contains("ask the platform team to raise the limit"), "{check:#}");
    let run = org.apply_is(&sha, "Failed").await?;
    ensure!(run["status"]["reason"] == "GuardTripped", "{run:#}");
    ensure!(org.changes().await?.is_empty(), "{:?}", org.changes().await?);
    Ok(())
}

#[tokio::test]
async fn a_strangers_pull_request_waits_for_a_member() -> Result<()> {
    let world = World::connect().await?;
    let org = Org::new(&world, "reserved").await?;
    org.people(&["mallory"]).await?;
    org.push(&org.file(&[])).await?;
    org.adopt(json!({"disclosure": "FileOnly"})).await?;
    let (number, head) = org.propose(&org.file(&["mallory"]), "takeover", "mallory").await?;
    let (conclusion, check) = org.previewed(&head).await?;
    ensure!(conclusion == "action_required", "{check:#}");
    ensure!(words(&check).contains("/peribolos plan"), "{check:#}");
    org.comment(number, "/peribolos plan", "mallory").await?;
    org.comment(number, "/peribolos plan", "carol").await?;
    let check = until(POD, "the preview that carol asked for is done", async || {
        let (conclusion, check) = org.previewed(&head).await?;
        Ok((conclusion == "success").then_some(check))
    })
    .await?;
    ensure!(words(&check).contains("+ 1 member"), "{check:#}");
    ensure!(!words(&check).contains("mallory"), "a name that only a stranger gives is told: {check:#}");
    Ok(())
}

#[tokio::test]
async fn a_removal_that_nobody_saw_waits_for_an_owner() -> Result<()> {
    let world = World::connect().await?;
    let org = Org::new(&world, "careful").await?;
    org.people(&["dave", "erin", "frank"]).await?;
    org.by_hand(|state| state["members"]["frank"] = json!("member")).await?;
    org.push(&org.file(&["frank"])).await?;
    org.adopt(json!({"disclosure": "FileOnly"})).await?;
    let (number, head) = org.propose(&org.file(&["dave", "frank"]), "invite", "alice").await?;
    ensure!(org.previewed(&head).await?.0 == "success", "the preview failed");
    // Between the preview and the merge somebody gets a place in a team.
    org.by_hand(|state| state["teams"][0]["members"]["frank"] = json!("member")).await?;
    let sha = org.merge(number).await?;
    let (conclusion, check) = org.concluded(&sha).await?;
    ensure!(conclusion == "failure", "{check:#}");
    for part in ["/peribolos apply", "`frank`"] {
        ensure!(words(&check).contains(part), "the check does not say {part}: {check:#}");
    }
    let run = org.apply_is(&sha, "Failed").await?;
    ensure!(run["status"]["reason"] == "GuardTripped", "{run:#}");
    ensure!(org.changes().await?.is_empty(), "{:?}", org.changes().await?);

    // Nor does a commit without a pull request make it pass while one with a pull request is among what is applied.
    for text in ["orgs: [\n".to_owned(), org.file(&["dave", "frank"]) + "# fixed\n"] {
        let sha = org.push(&text).await?;
        ensure!(org.concluded(&sha).await?.0 == "failure", "{text} was applied");
    }
    ensure!(org.changes().await?.is_empty(), "{:?}", org.changes().await?);

    org.comment(number, "/peribolos apply", "alice").await?;
    until(POD, "the owner's command is applied", async || {
        let state = org.state().await?;
        let in_team = !state["teams"][0]["members"]["frank"].is_null();
        Ok((!in_team && org.newcomers().await? == ["dave", "frank"]).then_some(()))
    })
    .await?;
    org.slot_is_free().await?;

    // Whom no file names is counted in a check, not shown: no command removes such a person.
    org.by_hand(|state| state["members"]["erin"] = json!("member")).await?;
    let sha = org.push(&(org.file(&["dave", "frank"]) + "# again\n")).await?;
    let (conclusion, check) = org.concluded(&sha).await?;
    ensure!(conclusion == "failure", "{check:#}");
    ensure!(words(&check).contains("only counted"), "{check:#}");
    ensure!(!words(&check).contains("erin"), "erin is in no file: {check:#}");
    org.comment(number, "/peribolos apply", "alice").await?;
    let refused = |run: &Value| {
        run["spec"]["trigger"]["event"] == "issue_comment" && run["status"]["reason"] == "GuardTripped"
    };
    until(POD, "the owner's command is stopped", async || {
        Ok(org.runs().await?.iter().any(refused).then_some(()))
    })
    .await?;
    ensure!(org.newcomers().await? == ["dave", "erin", "frank"], "{:?}", org.newcomers().await?);
    Ok(())
}

#[tokio::test]
async fn a_preview_is_made_anew_when_its_base_changes() -> Result<()> {
    let world = World::connect().await?;
    let org = Org::new(&world, "shifting").await?;
    org.people(&["dave", "erin"]).await?;
    org.push(&org.file(&[])).await?;
    org.adopt(json!({})).await?;
    let named =
        |people: &[&str], name: &str| org.file(people).replace("name: shifting", &format!("name: {name}"));
    // The pull request changes the name, and both sides invite dave.
    let (number, head) = org.propose(&named(&["dave"], "Shifting sands"), "rename", "alice").await?;
    let (conclusion, preview) = org.previewed(&head).await?;
    ensure!(conclusion == "success" && words(&preview).contains("`dave`"), "{preview:#}");
    let first = org.preview_comment(number, &head).await?;
    ensure!(first.body.contains("+ 1 member, ~ 1 setting"), "{first:#?}");

    let sha = org.push(&org.file(&["dave"]).replace("lights", "lamps")).await?;
    ensure!(org.concluded(&sha).await?.0 == "success", "the push failed");
    let edited = until(POD, "the comment is of the new base", async || {
        let comments = org.comments(number).await?;
        ensure!(comments.len() == 1, "not one comment: {comments:#?}");
        Ok(comments.into_iter().find(|comment| comment.body != first.body))
    })
    .await?;
    ensure!(edited.id == first.id, "it is another comment: {edited:#?}");
    let (conclusion, preview) = org.previewed(&head).await?;
    ensure!(conclusion == "success", "{preview:#}");
    // GitHub's own test merge is still of the old base, with the old description.
    for text in [words(&preview), edited.body] {
        ensure!(text.contains("~ 1 setting") && text.contains("Shifting sands"), "{text}");
        let of_old_base = text.contains("1 member") || text.contains("lights");
        ensure!(!of_old_base, "it is a preview of the old base: {text}");
    }

    // The base now names the organization otherwise, too: the merge is a conflict.
    org.push(&named(&["dave"], "Shifting").replace("lights", "lamps")).await?;
    until(POD, "the check is red", async || Ok((org.previewed(&head).await?.0 == "failure").then_some(())))
        .await?;
    let conflict = until(SOON, "the comment says so", async || {
        let comments = org.comments(number).await?;
        ensure!(comments.len() == 1, "not one comment: {comments:#?}");
        Ok(comments.into_iter().find(|comment| comment.body.contains("conflict")))
    })
    .await?;
    ensure!(conflict.id == first.id, "it is another comment: {conflict:#?}");
    Ok(())
}

#[tokio::test]
async fn drift_is_found_told_and_corrected() -> Result<()> {
    let world = World::connect().await?;
    let org = Org::new(&world, "drifting").await?;
    org.people(&["dave"]).await?;
    let guards = json!({"unreviewedRemovals": "Warn"});
    let check = json!({"run": {"driftCheck": "1m"}, "guards": guards, "disclosure": "FileOnly"});
    org.adopt(check).await?;
    let sha = org.push(&org.file(&[])).await?;
    ensure!(org.concluded(&sha).await?.0 == "success", "the push failed");
    org.by_hand(|state| state["members"]["dave"] = json!("member")).await?;

    let drifted = |object: &Value| {
        let conditions = object["status"]["conditions"].as_array().cloned().unwrap_or_default();
        conditions.into_iter().find(|c| c["type"] == "Drifted")
    };
    let condition = until(2 * POD, "the drift is found", async || {
        Ok(drifted(&org.installation().await?).filter(|condition| condition["status"] == "True"))
    })
    .await?;
    ensure!(condition["message"].to_string().contains("dave"), "it does not say how: {condition:#}");
    let issue = until(SOON, "an issue is open", async || {
        let issues = org.state().await?["issues"].as_array().cloned().unwrap_or_default();
        let open: Vec<Value> = issues.into_iter().filter(|issue| issue["state"] == "open").collect();
        ensure!(open.len() < 2, "two issues: {open:#?}");
        Ok(open.first().cloned())
    })
    .await?;
    ensure!(!issue["body"].to_string().contains("dave"), "the file does not name dave: {issue:#}");

    let name = org.installation().await?["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    let correct = json!({"spec": {"run": {"correctDrift": true}}});
    world.cluster.patch(Kind::Installation, &name, &correct).await?;
    until(2 * POD, "the drift is corrected", async || Ok(org.newcomers().await?.is_empty().then_some(())))
        .await?;
    until(SOON, "the issue is closed and the condition false", async || {
        let issues = org.state().await?["issues"].as_array().cloned().unwrap_or_default();
        ensure!(issues.len() < 2, "two issues: {issues:#?}");
        let closed = issues.iter().all(|issue| issue["state"] == "closed");
        let condition = drifted(&org.installation().await?).map(|condition| condition["status"].clone());
        Ok((closed && condition == Some(json!("False"))).then_some(()))
    })
    .await
}
