// The simulator's GraphQL is a part of GitHub's: its schema is compared with GitHub's public one, and the project's
// documents are valid against GitHub's and answered by the simulator.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { schema as github } from "@octokit/graphql-schema";
import { buildClientSchema, buildSchema, getIntrospectionQuery, parse, validate } from "graphql";

import { appFor, installationToken } from "./lib/client.mjs";
import { documents } from "./lib/documents.mjs";
import { fixture, INSTALLATION, ORG } from "./lib/fixture.mjs";
import { strangers } from "./lib/schema-diff.mjs";
import { startSim } from "./lib/sim.mjs";

const VARIABLES = {
  owner: ORG, org: ORG, login: ORG, name: "site", repo: "site", slug: "core", l0: "alice", l1: "bob",
  branch: "refs/heads/main", path: "README.md", app: 1, check: "peribolos", first: 10, after: null, cursor: null, repositories: true, invitations: true, n0: "site", n1: "empty",
  children: true, members: true, afterChildren: null, afterMembers: null, afterRepositories: null,
};

describe("GraphQL is GitHub's", () => {
  // GitHub publishes two fields of EnterpriseOwnerInfo twice, which a check of the schema itself would refuse.
  const theirs = buildSchema(github.idl, { assumeValidSDL: true });
  let app;
  let ask;
  let ids;
  let sim;

  before(async () => {
    const start = fixture();
    start.orgs[ORG].teams[0].repos[".github"] = "triage";
    sim = await startSim({ fixture: start });
    app = appFor(sim);
    const token = await installationToken(app, INSTALLATION);
    ask = (query, variables, as = token) => post(sim, as, { query, variables });
    const { data } = await ask(`{ organization(login: "${ORG}") { team(slug: "core") { id } repository(name: "site") { id } } }`);
    ids = { Team: data.organization.team.id, Repository: data.organization.repository.id };
  });
  after(() => sim?.stop());

  it("has no type, field or argument that GitHub's schema has not", async () => {
    const { data } = await ask(getIntrospectionQuery());
    assert.deepEqual(strangers(buildClientSchema(data), theirs), []);
  });

  for (const { name, text } of documents()) {
    it(`${name} is valid on GitHub, and answered here`, async () => {
      const document = parse(text);
      assert.deepEqual(validate(theirs, document).map((it) => it.message), []);
      const asked = document.definitions.flatMap((it) => it.variableDefinitions ?? []).map((it) => it.variable.name.value);
      const id = ids[text.match(/\.\.\. on (\w+)/)?.[1]];
      const variables = { ...VARIABLES, id, ids: [id] };
      const answer = await ask(text, Object.fromEntries(asked.map((it) => [it, variables[it]])));
      assert.equal(answer.errors, undefined);
      assert.ok(Object.values(answer.data).flat().every((it) => it !== null && Object.keys(it).length > 0));
    });
  }

  it("shows the organization as the fixture has it", async () => {
    const { data } = await ask(
      `{ organization(login: "${ORG}") {
        name
        membersWithRole(first: 100) { edges { role node { login } } }
        teams(first: 100) { nodes { slug privacy parentTeam { slug }
          members(first: 100, membership: IMMEDIATE) { edges { role node { login } } }
          repositories(first: 100) { edges { permission node { name } } } } }
        repositories(first: 100) { nodes { name visibility isArchived hasWikiEnabled mergeCommitAllowed
          homepageUrl defaultBranchRef { name target { oid } }
          collaborators(affiliation: DIRECT, first: 100) { edges { permission node { login } } } } } } }`,
    );
    const { name, membersWithRole, teams, repositories } = data.organization;
    assert.equal(name, "Acme");
    assert.deepEqual(
      membersWithRole.edges.map((it) => [it.node.login, it.role]),
      [["alice", "ADMIN"], ["bob", "ADMIN"], ["carol", "MEMBER"]],
    );
    const [core, docs, hidden] = teams.nodes;
    assert.deepEqual([core.privacy, core.parentTeam, docs.parentTeam.slug, hidden.privacy], ["VISIBLE", null, "core", "SECRET"]);
    assert.deepEqual(core.members.edges.map((it) => [it.node.login, it.role]), [["alice", "MAINTAINER"], ["carol", "MEMBER"]]);
    assert.deepEqual(
      core.repositories.edges.map((it) => [it.node.name, it.permission]).toSorted(),
      [[".github", "TRIAGE"], ["site", "ADMIN"]],
    );
    assert.deepEqual(
      docs.repositories.edges.map((it) => [it.node.name, it.permission]).toSorted(),
      [[".github", "TRIAGE"], ["site", "ADMIN"]],
      "a child team has what its parent has",
    );
    const site = repositories.nodes.find((it) => it.name === "site");
    const empty = repositories.nodes.find((it) => it.name === "empty");
    assert.deepEqual([site.visibility, site.homepageUrl, site.mergeCommitAllowed], ["PUBLIC", "https://acme.example", true]);
    assert.match(site.defaultBranchRef.target.oid, /^[0-9a-f]{40}$/);
    assert.equal(empty.defaultBranchRef, null);
    assert.deepEqual(site.collaborators.edges, [{ permission: "WRITE", node: { login: "eve" } }]);
  });

  it("counts a child team's members in, unless told otherwise", async () => {
    await sim.control("PUT", `/orgs/${ORG}`, withBobInDocs());
    const members = (rest) => `core${rest}: team(slug: "core") { members(first: 100${rest && `, membership: ${rest}`}) { nodes { login } } }`;
    const { data } = await ask(`{ organization(login: "${ORG}") { ${members("")} ${members("IMMEDIATE")} ${members("CHILD_TEAM")} } }`);
    const logins = (team) => team.members.nodes.map((it) => it.login);
    assert.deepEqual(logins(data.organization.core), ["alice", "bob", "carol"]);
    assert.deepEqual(logins(data.organization.coreIMMEDIATE), ["alice", "carol"]);
    assert.deepEqual(logins(data.organization.coreCHILD_TEAM), ["bob"]);
  });

  it("finds things by REST's node ids, and has null and an error for each that is not there", async () => {
    const octokit = await app.getInstallationOctokit(INSTALLATION);
    const { data: team } = await octokit.rest.teams.getByName({ org: ORG, team_slug: "core" });
    const query = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Team { slug } ... on Repository { name } } }";
    const { data, errors } = await ask(query, { ids: [team.node_id, "nothing", ids.Repository] });
    assert.deepEqual(data.nodes, [
      { __typename: "Team", id: ids.Team, slug: "core" },
      null,
      { __typename: "Repository", id: ids.Repository, name: "site" },
    ]);
    assert.deepEqual(errors.map((it) => [it.type, it.path]), [["NOT_FOUND", ["nodes", 1]]]);
    const one = await ask('{ node(id: "nothing") { id } }');
    assert.deepEqual([one.data, one.errors[0].type], [{ node: null }, "NOT_FOUND"]);
  });

  it("knows people by login, and organizations and bots are none", async () => {
    const { data, errors } = await ask('{ a: user(login: "ALICE") { login } b: user(login: "acme") { login } c: user(login: "peribolos[bot]") { login } }');
    assert.deepEqual(data, { a: { login: "alice" }, b: null, c: null });
    assert.deepEqual(errors.map((it) => [it.type, it.path]), [["NOT_FOUND", ["b"]], ["NOT_FOUND", ["c"]]]);
  });

  it("lists who is invited to a team, as REST does", async () => {
    const state = fixture().orgs[ORG];
    state.teams[0].invitations = ["dave", "mallory"];
    await sim.control("PUT", `/orgs/${ORG}`, state);
    const { data } = await ask(`{ organization(login: "${ORG}") { team(slug: "core") { invitations(first: 10) { totalCount nodes { role email invitee { login } } } } } }`);
    const octokit = await app.getInstallationOctokit(INSTALLATION);
    const theirs = await octokit.paginate("GET /orgs/{org}/teams/{team_slug}/invitations", { org: ORG, team_slug: "core" });
    assert.deepEqual(data.organization.team.invitations, {
      totalCount: 1,
      nodes: [{ role: "DIRECT_MEMBER", email: null, invitee: { login: "dave" } }],
    });
    assert.deepEqual(theirs.map((it) => it.login), ["dave"], "mallory's failed");
  });

  it("gives pages forwards and backwards that fit together", async () => {
    const page = async (args) =>
      (await ask(`{ organization(login: "${ORG}") { membersWithRole(${args}) { totalCount nodes { login } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`))
        .data.organization.membersWithRole;
    const first = await page("first: 2");
    assert.deepEqual([first.totalCount, first.nodes.length, first.pageInfo.hasNextPage], [3, 2, true]);
    const second = await page(`first: 2, after: "${first.pageInfo.endCursor}"`);
    assert.deepEqual(second.nodes.map((it) => it.login), ["carol"]);
    assert.deepEqual([second.pageInfo.hasNextPage, second.pageInfo.hasPreviousPage], [false, true]);
    const back = await page(`last: 2, before: "${second.pageInfo.startCursor}"`);
    assert.deepEqual(back.nodes, first.nodes);
  });

  it("refuses what GitHub refuses, with GitHub's types", async () => {
    const kind = async (query, as) => (await ask(query, undefined, as)).errors[0].type;
    const inside = (field) => `{ organization(login: "${ORG}") { ${field} } }`;
    const narrow = await installationToken(app, INSTALLATION, { permissions: { metadata: "read" } });
    assert.equal(await kind('{ organization(login: "no-such-organization") { id } }'), "NOT_FOUND");
    assert.equal(await kind(`{ repository(owner: "${ORG}", name: "no-such-repository") { id } }`), "NOT_FOUND");
    assert.equal(await kind(inside("teams(first: 1) { nodes { slug } }"), narrow), "FORBIDDEN");
    assert.equal(await kind(inside("teams { nodes { slug } }")), "MISSING_PAGINATION_BOUNDARIES");
    assert.equal(await kind(inside("teams(first: 101) { nodes { slug } }")), "EXCESSIVE_PAGINATION");
    assert.equal(await kind(inside('teams(first: 1, after: "nonsense") { nodes { slug } }')), "INVALID_CURSOR_ARGUMENTS");
  });

  it("shows a token only its repositories", async () => {
    const one = await installationToken(app, INSTALLATION, { repositoryNames: [".github"] });
    const { data } = await ask(`{ organization(login: "${ORG}") { repositories(first: 100) { nodes { name } } } }`, undefined, one);
    const names = data.organization.repositories.nodes.map((it) => it.name).toSorted();
    assert.deepEqual(names, [".github", "site"], "its own one, and what is public anyway");
  });

  it("says the same as REST", async () => {
    const octokit = await app.getInstallationOctokit(INSTALLATION);
    const site = { owner: ORG, repo: "site" };
    for (const affiliation of ["all", "direct", "outside"]) {
      const { data } = await ask(`{ repository(owner: "${ORG}", name: "site") {
        collaborators(affiliation: ${affiliation.toUpperCase()}, first: 100) { edges { permission node { login databaseId id } } } } }`);
      const theirs = await octokit.paginate("GET /repos/{owner}/{repo}/collaborators", { ...site, affiliation });
      const edges = data.repository.collaborators.edges;
      const ours = edges.map(({ permission, node }) => [node.login, node.databaseId, node.id, permission.toLowerCase()]);
      assert.deepEqual(ours.toSorted(), theirs.map((it) => [it.login, it.id, it.node_id, it.role_name]).toSorted(), affiliation);
    }
    const { data } = await ask(`{ organization(login: "${ORG}") { id databaseId teams(first: 100) { nodes { id databaseId slug
      members(first: 100) { nodes { login } } repositories(first: 100) { edges { permission node { id name } } } } } } }`);
    const { id, databaseId, teams } = data.organization;
    const org = (await octokit.rest.orgs.get({ org: ORG })).data;
    assert.deepEqual([id, databaseId], [org.node_id, org.id]);
    for (const team of teams.nodes) {
      const it = { org: ORG, team_slug: team.slug };
      const members = await octokit.paginate("GET /orgs/{org}/teams/{team_slug}/members", it);
      assert.deepEqual(team.members.nodes.map((user) => user.login), members.map((user) => user.login).toSorted());
      const repos = await octokit.paginate("GET /orgs/{org}/teams/{team_slug}/repos", it);
      assert.deepEqual(
        team.repositories.edges.map(({ node, permission }) => [node.name, node.id, permission.toLowerCase()]).toSorted(),
        repos.map((repo) => [repo.name, repo.node_id, repo.role_name]).toSorted(),
      );
      const { data: shown } = await octokit.rest.teams.getByName(it);
      assert.deepEqual([team.id, team.databaseId], [shown.node_id, shown.id]);
    }
  });

  it("counts points in a budget of their own", async () => {
    // 100 teams with two lists each are 201 requests to GitHub's mind, so 2 points.
    const query = `{ rateLimit { cost nodeCount remaining used }
      organization(login: "${ORG}") { teams(first: 100) { nodes {
        members(first: 2) { nodes { login } } repositories(first: 1) { nodes { name } } } } } }`;
    const before = (await ask(query)).data.rateLimit;
    const after = (await ask(query)).data.rateLimit;
    assert.deepEqual([after.cost, after.nodeCount], [2, 100 + 200 + 100]);
    assert.deepEqual([after.used - before.used, before.remaining - after.remaining], [2, 2]);
    const octokit = await app.getInstallationOctokit(INSTALLATION);
    const { data, headers } = await octokit.request("GET /rate_limit");
    assert.equal(data.resources.graphql.used, after.used);
    assert.notEqual(data.resources.core.used, after.used);
    assert.equal(headers["x-ratelimit-resource"], "core");
  });

  it("takes no query without a token", async () => {
    assert.equal((await post(sim, undefined, { query: "{ rateLimit { cost } }" }, 401)).data, undefined);
  });
});

/** The fixture's organization, with bob in the team below `core`. */
function withBobInDocs() {
  const state = fixture().orgs[ORG];
  state.teams.find((it) => it.slug === "core-docs").members = { bob: "member" };
  return state;
}

async function post(sim, token, body, status = 200) {
  const response = await fetch(`${sim.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  assert.equal(response.status, status, text);
  return JSON.parse(text);
}
