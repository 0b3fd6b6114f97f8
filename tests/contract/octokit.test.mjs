// octokit, GitHub's own client, works with the simulator as with GitHub: one App, from its key to a merged pull request.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { appFor, installationToken, Octokit, QUIET } from "./lib/client.mjs";
import { fixture, INSTALLATION, ORG } from "./lib/fixture.mjs";
import { APP, startSim } from "./lib/sim.mjs";

const HERE = { owner: ORG, repo: ".github" };
const TEAMS = 120;

describe("octokit drives the simulator", () => {
  let app;
  let octokit;
  let sim;

  before(async () => {
    const start = fixture();
    for (let at = 1; at <= TEAMS; at += 1) {
      start.orgs[ORG].teams.push({ name: `Team ${at}`, slug: `team-${at}`, privacy: "closed", members: {} });
    }
    sim = await startSim({ fixture: start });
    app = appFor(sim);
  });
  after(() => sim?.stop());

  it("authenticates as the App and finds its installation", async () => {
    const { data } = await app.octokit.request("GET /app");
    assert.deepEqual([data.id, data.slug], [APP.id, APP.slug]);
    const found = [];
    await app.eachInstallation(({ installation }) => found.push([installation.id, installation.account.login]));
    assert.deepEqual(found, [[INSTALLATION, ORG]]);
    octokit = await app.getInstallationOctokit(INSTALLATION);
  });

  it("sees every repository of the installation", async () => {
    const names = [];
    await app.eachRepository({ installationId: INSTALLATION }, ({ repository }) => names.push(repository.name));
    assert.deepEqual(names.toSorted(), [".github", "empty", "site"]);
  });

  it("follows pages", async () => {
    const teams = await octokit.paginate("GET /orgs/{org}/teams", { org: ORG, per_page: 50 });
    assert.equal(teams.length, TEAMS + fixture().orgs[ORG].teams.length);
    assert.equal(new Set(teams.map((it) => it.slug)).size, teams.length, "no team comes twice");
    const pages = await octokit.paginate.iterator("GET /orgs/{org}/teams", { org: ORG, per_page: 50 });
    let count = 0;
    for await (const { data } of pages) count += data.length > 0;
    assert.equal(count, 3);
  });

  it("makes a team, puts a member in it and gives it a repository", async () => {
    const { rest } = octokit;
    const { data: team } = await rest.teams.create({ org: ORG, name: "Site Crew", privacy: "closed" });
    const it = { org: ORG, team_slug: team.slug };
    assert.equal(team.slug, "site-crew");
    await rest.teams.addOrUpdateMembershipForUserInOrg({ ...it, username: "carol", role: "member" });
    await rest.teams.addOrUpdateRepoPermissionsInOrg({ ...it, owner: ORG, repo: "site", permission: "maintain" });
    const members = await rest.teams.listMembersInOrg(it);
    assert.deepEqual(members.data.map((user) => user.login), ["carol"]);
    const [repo] = (await rest.teams.listReposInOrg(it)).data;
    assert.deepEqual([repo.name, repo.role_name], ["site", "maintain"]);
  });

  it("writes a file, reads it back in both media types, and asks with an ETag", async () => {
    const { rest } = octokit;
    const text = "orgs:\n  acme: {}\n";
    const content = Buffer.from(text).toString("base64");
    const file = { ...HERE, path: "peribolos.yaml" };
    const { data: written } = await rest.repos.createOrUpdateFileContents({ ...file, message: "Begin", content });
    const { data: read, headers } = await rest.repos.getContent(file);
    assert.equal(Buffer.from(read.content, "base64").toString(), text);
    assert.equal(read.sha, written.content.sha);
    const { data: raw } = await rest.repos.getContent({ ...file, ref: written.commit.sha, mediaType: { format: "raw" } });
    assert.equal(raw, text);
    await assert.rejects(rest.repos.getContent({ ...file, headers: { "if-none-match": headers.etag } }), { status: 304 });
  });

  it("opens a pull request, checks it, and merges it", async () => {
    const { rest } = octokit;
    const { data: base } = await rest.git.getRef({ ...HERE, ref: "heads/main" });
    await rest.git.createRef({ ...HERE, ref: "refs/heads/topic", sha: base.object.sha });
    await rest.repos.createOrUpdateFileContents({
      ...HERE,
      ...{ path: "topic.txt", branch: "topic", message: "Topic", content: Buffer.from("topic\n").toString("base64") },
    });
    const { data: pull } = await rest.pulls.create({ ...HERE, title: "Topic", head: "topic", base: "main" });
    const { data: files } = await rest.pulls.listFiles({ ...HERE, pull_number: pull.number });
    assert.deepEqual(files.map((it) => [it.filename, it.status]), [["topic.txt", "added"]]);

    const { data: check } = await rest.checks.create({ ...HERE, name: "peribolos", head_sha: pull.head.sha, status: "in_progress" });
    await rest.checks.update({
      ...HERE,
      ...{ check_run_id: check.id, status: "completed", conclusion: "success", output: { title: "Good", summary: "All of it" } },
    });
    const { data: checks } = await rest.checks.listForRef({ ...HERE, ref: pull.head.sha, check_name: "peribolos" });
    assert.deepEqual(checks.check_runs.map((it) => [it.id, it.conclusion]), [[check.id, "success"]]);

    const { data: merged } = await rest.pulls.merge({ ...HERE, pull_number: pull.number });
    const { data: head } = await rest.git.getRef({ ...HERE, ref: "heads/main" });
    assert.equal(head.object.sha, merged.sha);
    const { data: pulls } = await rest.repos.listPullRequestsAssociatedWithCommit({ ...HERE, commit_sha: merged.sha });
    assert.deepEqual(pulls.map((it) => it.number), [pull.number]);
  });

  it("asks GraphQL with pages", async () => {
    const { organization } = await octokit.graphql.paginate(
      `query ($org: String!, $cursor: String) {
        organization(login: $org) {
          teams(first: 100, after: $cursor) { nodes { slug } pageInfo { hasNextPage endCursor } }
        }
      }`,
      { org: ORG },
    );
    const { data } = await octokit.rest.teams.list({ org: ORG, per_page: 100, page: 2 });
    assert.equal(organization.teams.nodes.length, 100 + data.length);
  });

  it("is told what it may not do, and when its token has ended", async () => {
    const auth = await installationToken(app, INSTALLATION, { permissions: { metadata: "read" } });
    const narrow = new Octokit({ auth, baseUrl: sim.url, retry: { enabled: false }, log: QUIET });
    await assert.rejects(narrow.request("PATCH /orgs/{org}", { org: ORG, name: "Other" }), {
      status: 403,
      message: /Resource not accessible by integration/,
    });
    await assert.rejects(octokit.request("GET /user"), { status: 403 });
    await sim.control("POST", "/clock", { advance: "61m" });
    await assert.rejects(narrow.request("GET /orgs/{org}", { org: ORG }), { status: 401 });
  });
});
