// Every delivery of the simulator is signed as octokit wants it and shaped as GitHub's webhook schemas say.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { appFor } from "./lib/client.mjs";
import { fixture, INSTALLATION, ORG } from "./lib/fixture.mjs";
import { startReceiver } from "./lib/receiver.mjs";
import { APP, startSim } from "./lib/sim.mjs";
import { until } from "./lib/until.mjs";
import { violations } from "./lib/webhooks.mjs";

const SITE = `/orgs/${ORG}/repos/site`;

describe("deliveries are as GitHub's webhook schemas say", () => {
  let app;
  let receiver;
  let sim;

  before(async () => {
    receiver = await startReceiver();
    sim = await startSim({ fixture: fixture(), webhookUrl: receiver.url });
    app = appFor(sim);
    receiver.verify = (body, signature) => app.webhooks.verify(body, signature);
  });
  after(async () => {
    await sim?.stop();
    await receiver?.stop();
  });

  /** Takes the next delivery of that kind and holds it against its schema. */
  async function expect(event, action) {
    const delivery = await receiver.next(event, action);
    assert.ok(delivery.verified, "octokit refuses the signature");
    assert.deepEqual(violations(delivery), []);
    return delivery.payload;
  }

  it("push", async () => {
    await sim.control("POST", `${SITE}/push`, push("main", { "index.html": "<h1>New</h1>\n", "old.txt": null }));
    const { ref, sender, installation } = await expect("push");
    assert.deepEqual([ref, sender.login, installation.id], ["refs/heads/main", "alice", INSTALLATION]);
  });

  it("push of a new branch, of a forced one", async () => {
    await sim.control("POST", `${SITE}/push`, push("new", { a: "1" }));
    assert.ok((await expect("push")).created);
    await sim.control("POST", `${SITE}/push`, { ...push("new", { a: "2" }), force: true });
    assert.ok((await expect("push")).forced);
  });

  it("pull_request opened, synchronize, closed", async () => {
    await sim.control("POST", `${SITE}/pulls`, { title: "One", branch: "one", files: { b: "1" }, sender: "carol" });
    const { number } = await expect("pull_request", "opened");
    await sim.control("POST", `${SITE}/push`, push("one", { b: "2" }));
    assert.equal((await expect("pull_request", "synchronize")).number, number);
    await sim.control("POST", `${SITE}/pulls/${number}/merge`, { sender: "alice" });
    assert.ok((await expect("pull_request", "closed")).pull_request.merged);
  });

  it("pull_request of a draft, made ready, closed without a merge", async () => {
    await sim.control("POST", `${SITE}/pulls`, { title: "Two", branch: "two", files: { c: "1" }, sender: "eve", draft: true });
    const opened = await expect("pull_request", "opened");
    assert.ok(opened.pull_request.draft);
    await sim.control("POST", `${SITE}/pulls/${opened.number}/ready`, { sender: "eve" });
    assert.equal((await expect("pull_request", "ready_for_review")).pull_request.draft, false);
    await sim.control("POST", `${SITE}/pulls/${opened.number}/close`, { sender: "eve" });
    assert.equal((await expect("pull_request", "closed")).pull_request.merged, false);
  });

  it("merge_group checks_requested, destroyed", async () => {
    await sim.control("POST", `${SITE}/pulls`, { title: "Queued", branch: "queued", files: { q: "1" }, sender: "carol" });
    const { number } = await expect("pull_request", "opened");
    const { ref } = await sim.control("POST", `${SITE}/merge-groups`, { pull: number, sender: "alice" });
    assert.equal((await expect("merge_group", "checks_requested")).merge_group.head_ref, ref);
    await sim.control("POST", `${SITE}/merge-groups/${number}/destroy`, { reason: "dequeued", sender: "alice" });
    assert.equal((await expect("merge_group", "destroyed")).reason, "dequeued");
  });

  it("issue_comment created, on a pull request and on an issue", async () => {
    await sim.control("POST", `${SITE}/pulls`, { title: "Three", branch: "three", files: { d: "1" }, sender: "carol" });
    const { number } = await expect("pull_request", "opened");
    await sim.control("POST", `${SITE}/issues/${number}/comments`, { body: "/peribolos plan", sender: "carol" });
    const { comment, issue } = await expect("issue_comment", "created");
    assert.deepEqual([comment.body, issue.number], ["/peribolos plan", number]);
    assert.ok(issue.pull_request, "a pull request's issue says that it is one");
  });

  it("issue_comment created by our own App says so", async () => {
    const octokit = await app.getInstallationOctokit(INSTALLATION);
    const { data: issue } = await octokit.rest.issues.create({ owner: ORG, repo: "site", title: "Ours" });
    await octokit.rest.issues.createComment({ owner: ORG, repo: "site", issue_number: issue.number, body: "Hello" });
    const { comment } = await expect("issue_comment", "created");
    assert.equal(comment.performed_via_github_app.id, APP.id);
  });

  it("check_run rerequested", async () => {
    const octokit = await app.getInstallationOctokit(INSTALLATION);
    const site = { owner: ORG, repo: "site" };
    const { data: head } = await octokit.rest.git.getRef({ ...site, ref: "heads/main" });
    const asked = { ...site, name: "peribolos", head_sha: head.object.sha, status: "completed", conclusion: "failure" };
    const { data: check } = await octokit.rest.checks.create(asked);
    await sim.control("POST", `${SITE}/check-runs/${check.id}/rerequest`, { sender: "alice" });
    const { check_run } = await expect("check_run", "rerequested");
    assert.deepEqual([check_run.id, check_run.app.id], [check.id, APP.id]);
  });

  it("check_suite rerequested", async () => {
    const octokit = await app.getInstallationOctokit(INSTALLATION);
    const site = { owner: ORG, repo: "site" };
    const { data } = await octokit.rest.checks.listSuitesForRef({ ...site, ref: "main" });
    const [suite] = data.check_suites;
    await octokit.rest.checks.rerequestSuite({ ...site, check_suite_id: suite.id });
    assert.equal((await expect("check_suite", "rerequested")).check_suite.id, suite.id);
  });

  it("organization member_invited, member_added, member_removed", async () => {
    const octokit = await app.getInstallationOctokit(INSTALLATION);
    const frank = { org: ORG, username: "frank" };
    await octokit.rest.orgs.setMembershipForUser(frank);
    assert.equal((await expect("organization", "member_invited")).user.login, "frank");
    await sim.control("PUT", `/orgs/${ORG}/invitations/frank/accept`);
    assert.equal((await expect("organization", "member_added")).membership.user.login, "frank");
    await octokit.rest.orgs.removeMembershipForUser(frank);
    assert.equal((await expect("organization", "member_removed")).membership.user.login, "frank");
  });

  it("installation_repositories added", async () => {
    const octokit = await app.getInstallationOctokit(INSTALLATION);
    await octokit.rest.repos.createInOrg({ org: ORG, name: "fresh", private: true });
    assert.equal((await expect("installation_repositories", "added")).repositories_added[0].full_name, `${ORG}/fresh`);
  });

  it("installation new_permissions_accepted", async () => {
    const permissions = { metadata: "read", contents: "write", issues: "write", pull_requests: "write", checks: "write", members: "write" };
    await sim.control("PUT", `/orgs/${ORG}/permissions`, permissions);
    assert.deepEqual((await expect("installation", "new_permissions_accepted")).installation.permissions, permissions);
  });

  it("installation suspend, unsuspend", async () => {
    await sim.control("POST", `/orgs/${ORG}/suspend`);
    assert.ok((await expect("installation", "suspend")).installation.suspended_at);
    await sim.control("POST", `/orgs/${ORG}/unsuspend`);
    assert.equal((await expect("installation", "unsuspend")).installation.suspended_at, null);
  });

  it("organization renamed, installation_target renamed", async () => {
    await sim.control("POST", `/orgs/${ORG}/rename`, { to: "acme-two" });
    assert.equal((await expect("organization", "renamed")).organization.login, "acme-two");
    assert.equal((await expect("installation_target", "renamed")).changes.login.from, ORG);
    await sim.control("POST", "/orgs/acme-two/rename", { to: ORG });
    await expect("organization", "renamed");
    await expect("installation_target", "renamed");
  });

  it("installation deleted, created", async () => {
    await sim.control("POST", `/orgs/${ORG}/uninstall`);
    assert.equal((await expect("installation", "deleted")).installation.id, INSTALLATION);
    await sim.control("POST", `/orgs/${ORG}/install`);
    const { installation, repositories } = await expect("installation", "created");
    assert.equal(installation.account.login, ORG);
    assert.ok(repositories.some((it) => it.full_name === `${ORG}/site`));
  });

  it("nothing else was delivered that GitHub would not send", () => {
    const wrong = receiver.all.flatMap((it) => violations(it).map((why) => `${it.event}: ${why}`));
    assert.deepEqual(wrong, []);
    assert.ok(receiver.all.every((it) => it.verified));
  });

  it("what nobody takes is recorded as failed, and comes when asked for again", async () => {
    const newestPush = async () => {
      const { data } = await app.octokit.request("GET /app/hook/deliveries");
      return data.find((it) => it.event === "push");
    };
    const before = await newestPush();
    await sim.control("POST", "/webhooks", { enabled: false });
    await sim.control("POST", `${SITE}/push`, push("main", { e: "1" }));
    const lost = await until(newestPush, (it) => it.id !== before.id);
    assert.ok(!(lost.status_code >= 200 && lost.status_code < 300), `it has code ${lost.status_code}`);
    await sim.control("POST", "/webhooks", { enabled: true });
    await app.octokit.request("POST /app/hook/deliveries/{delivery_id}/attempts", { delivery_id: lost.id });
    await expect("push");
    const again = await until(newestPush, (it) => it.id !== lost.id);
    assert.deepEqual([again.guid, again.redelivery, again.status_code], [lost.guid, true, 202]);
  });
});

function push(branch, files) {
  return { branch, files, message: "A change", sender: "alice" };
}
