// Every endpoint of the simulator answers as GitHub's own OpenAPI description says.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import * as app from "./endpoints/app.mjs";
import * as conversation from "./endpoints/conversation.mjs";
import * as organization from "./endpoints/organization.mjs";
import * as repositories from "./endpoints/repositories.mjs";
import * as teams from "./endpoints/teams.mjs";
import { appFor, appToken, installationToken } from "./lib/client.mjs";
import { fixture, INSTALLATION, ORG } from "./lib/fixture.mjs";
import { operation, violations } from "./lib/openapi.mjs";
import { routes } from "./lib/routes.mjs";
import { APP, startSim } from "./lib/sim.mjs";

const TABLE = [
  ...app.reading,
  ...organization.rows,
  ...teams.rows,
  ...repositories.rows,
  ...conversation.rows,
  ...app.ending,
];

describe("answers are as GitHub's OpenAPI description says", () => {
  const known = {
    ...{ org: ORG, owner: ORG, repo: "site", username: "alice", team_slug: "core" },
    ...{ installation_id: INSTALLATION, app_id: APP.id, app_slug: APP.slug },
  };
  const tokens = {};
  let sim;
  let validated = 0;

  before(async () => {
    sim = await startSim({ fixture: fixture() });
    // Gives the deliveries' endpoints something to list; where they go to, nobody listens.
    await sim.control("POST", `/orgs/${ORG}/repos/site/push`, { branch: "main", files: { a: "b" }, message: "m", sender: "alice" });
    const octokit = appFor(sim);
    tokens.app = await appToken(octokit);
    tokens.installation = await installationToken(octokit, INSTALLATION);
    tokens.throwaway = await installationToken(octokit, INSTALLATION);
  });
  after(() => sim?.stop());

  for (const [name, status, given = {}] of TABLE) {
    it(`${name} ${status}`, async () => {
      const row = typeof given === "function" ? given(known) : given;
      const { answer, path } = await call(name, row);
      assert.equal(answer.status, status, `${path}: ${JSON.stringify(answer.body)}`);
      assert.deepEqual(violations(name, answer), [], path);
      row.keep?.(answer.body, known);
      validated += 1;
    });
  }

  it("every row of the table was validated", () => assert.equal(validated, TABLE.length));

  it("every route of the simulator has a row", () => {
    const shape = (name) => name.replaceAll(/\{[^}]*\}/g, "{}");
    const rows = new Set(TABLE.map(([name]) => shape(name)));
    assert.deepEqual(routes().filter((it) => !rows.has(shape(it))), []);
  });

  it("the simulator lacks none of them", async () => {
    assert.deepEqual(await sim.control("GET", "/unknown"), []);
  });

  it("installation tokens are used only where GitHub lets an App", () => {
    const refused = TABLE.filter(([name, status, row]) => (row?.as ?? "installation") === "installation" && status < 300)
      .filter(([name]) => !operation(name)["x-github"].enabledForGitHubApps)
      .map(([name]) => name);
    assert.deepEqual(refused, []);
  });

  async function call(name, { as = "installation", token, path: values, query, body, headers }) {
    const [method, template] = name.split(" ");
    const filled = template.replace(/\{(\w+)\}/g, (_, key) => {
      const value = { ...known, ...values }[key];
      assert.notEqual(value, undefined, `no earlier row of the table gave a ${key}`);
      // A branch or a file's path keeps its slashes, as clients send it.
      return String(value).split("/").map(encodeURIComponent).join("/");
    });
    const path = query ? `${filled}?${new URLSearchParams(query)}` : filled;
    const bearer = tokens[token ?? as];
    const response = await fetch(sim.url + path, {
      method,
      headers: {
        accept: "application/vnd.github+json",
        "user-agent": "contract-tests",
        ...(bearer && { authorization: `Bearer ${bearer}` }),
        ...(body && { "content-type": "application/json" }),
        ...headers,
      },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    const contentType = response.headers.get("content-type") ?? undefined;
    const answer = { status: response.status, contentType, body: text === "" ? undefined : parse(text) };
    return { answer, path: `${method} ${path}` };
  }
});

it("the group that a team of managed users comes from is as described", async () => {
  const start = fixture();
  Object.assign(start.orgs[ORG], { emu: true });
  start.orgs[ORG].teams[0].managed_by = "Engineering";
  const sim = await startSim({ fixture: start });
  try {
    const token = await installationToken(appFor(sim), INSTALLATION);
    const asked = async (path, described) => {
      const response = await fetch(`${sim.url}/orgs/${ORG}${path}`, { headers: { authorization: `Bearer ${token}` } });
      const answer = { status: response.status, contentType: response.headers.get("content-type"), body: await response.json() };
      assert.deepEqual(violations(`GET /orgs/{org}${described}`, answer), []);
      return answer.body;
    };
    const [group] = (await asked("/teams/core/external-groups", "/teams/{team_slug}/external-groups")).groups;
    assert.equal(group.group_name, "Engineering");
    assert.deepEqual((await asked("/external-groups", "/external-groups")).groups, [group]);
    const whole = await asked(`/external-group/${group.group_id}`, "/external-group/{group_id}");
    assert.deepEqual(whole.teams.map((it) => it.team_name), ["Core"]);
  } finally {
    await sim.stop();
  }
});

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
