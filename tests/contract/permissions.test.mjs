// The simulator wants the permissions that GitHub wants: each endpoint refuses a token that lacks one of them, and takes a
// token that has them and no more.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import * as conversation from "./endpoints/conversation.mjs";
import * as organization from "./endpoints/organization.mjs";
import * as repositories from "./endpoints/repositories.mjs";
import * as teams from "./endpoints/teams.mjs";
import { appFor, installationToken } from "./lib/client.mjs";
import { fixture, INSTALLATION, ORG, PERMISSIONS } from "./lib/fixture.mjs";
import { ASSUMED, WANTED } from "./lib/permissions.mjs";
import { startSim } from "./lib/sim.mjs";

const ROWS = [organization, teams, repositories, conversation].flatMap((it) => it.rows);
const SHA = "0".repeat(40);
const ANYTHING = new Proxy({}, { get: (_, key) => (key.endsWith("_id") ? 1 : SHA) });
const REFUSED = "Resource not accessible by integration";

/** Each operation of the tables with a body it takes. */
const OPERATIONS = [...new Map(ROWS.toReversed().map(([name, , given]) => [name, bodyOf(given)]))];

/** What a token can lack so that GitHub refuses it: of every set that is enough one permission, but for what every token has. */
const LACKING = OPERATIONS.flatMap(([name, body]) => {
  const wanted = (WANTED[name] ?? []).map((set) => Object.entries(set).filter(([permission]) => permission !== "metadata"));
  if (wanted.length === 0 || wanted.some((set) => set.length === 0)) return [];
  return combinations(wanted).map((lacking) => [name, body, lacking]);
});

it("every endpoint of the tables is in the list of what GitHub wants", () => {
  assert.deepEqual(OPERATIONS.map(([name]) => name).filter((name) => !WANTED[name]), []);
});

describe("endpoints refuse a token without a permission that GitHub wants", () => {
  let ask;
  let sim;
  let audit;
  let untouched;

  before(async () => {
    ({ ask, sim } = await start());
    untouched = await sim.control("GET", `/orgs/${ORG}`);
    audit = await sim.control("GET", "/audit");
  });
  after(() => sim?.stop());

  for (const [name, body, lacking] of LACKING) {
    it(`${name} without ${lacking.map((it) => it.join("=")).join(" and ")}`, async () => {
      const { response, answer } = await ask(name, body, without(lacking));
      assert.deepEqual([response.status, answer.message], [403, REFUSED]);
      assert.ok(response.headers.get("x-accepted-github-permissions"), "GitHub says what would have been enough");
    });
  }

  it("and nothing has changed", async () => {
    assert.deepEqual(await sim.control("GET", `/orgs/${ORG}`), untouched);
    assert.deepEqual(await sim.control("GET", "/audit"), audit);
  });
});

describe("endpoints take a token that has what GitHub wants and no more", () => {
  let ask;
  let sim;
  let start_of_each;

  before(async () => {
    ({ ask, sim } = await start());
    start_of_each = await sim.control("GET", `/orgs/${ORG}`);
  });
  after(() => sim?.stop());

  for (const [name, body] of OPERATIONS.filter(([name]) => WANTED[name])) {
    const least = { metadata: "read", ...WANTED[name][0], ...ASSUMED[name] };
    it(`${name} with ${Object.entries(least).map((it) => it.join("=")).join(" and ")}`, async () => {
      // Requests before this one may have deleted what this one is about.
      await sim.control("PUT", `/orgs/${ORG}`, start_of_each);
      const { answer } = await ask(name, body, least);
      assert.notEqual(answer?.message, REFUSED);
    });
  }
});

/** A simulator with an issue and a comment, and a way to ask it with a token of some permissions. */
async function start() {
  const sim = await startSim({ fixture: fixture() });
  const app = appFor(sim);
  // Whether a comment is a pull request's decides what GitHub wants: this one is an issue's.
  const octokit = await app.getInstallationOctokit(INSTALLATION);
  const { data: issue } = await octokit.rest.issues.create({ owner: ORG, repo: ".github", title: "One" });
  const comment = { owner: ORG, repo: ".github", issue_number: issue.number, body: "Hello" };
  const { data } = await octokit.rest.issues.createComment(comment);
  const ask = async (name, body, permissions) => {
    const token = await installationToken(app, INSTALLATION, { permissions });
    const [method, template] = name.split(" ");
    const response = await fetch(sim.url + filled(template, data.id), {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    return { response, answer: text === "" ? undefined : JSON.parse(text) };
  };
  return { ask, sim };
}

/** One entry of each list, in every way. */
function combinations(lists) {
  return lists.reduce((all, list) => all.flatMap((chosen) => list.map((it) => [...chosen, it])), [[]]);
}

/** All that the App has, but for those: lowered to read where write is wanted. */
function without(lacking) {
  const rest = { ...PERMISSIONS };
  for (const [permission, level] of lacking) {
    if (level === "write") rest[permission] = "read";
    else delete rest[permission];
  }
  return rest;
}

/** The body of a row; what earlier rows would have given it is anything of its kind. */
function bodyOf(given) {
  return (typeof given === "function" ? given(ANYTHING) : given)?.body;
}

/** A path in the private repository, with any value where the permission is judged before. */
function filled(template, comment) {
  const ref = template.includes("/git/") ? "heads/main" : "main";
  const names = { org: ORG, owner: ORG, repo: ".github", username: "carol", team_slug: "core" };
  const values = { ...names, ref, basehead: "main...main", path: "README.md", branch: "main", comment_id: comment };
  return template.replaceAll(/\{(\w+)\}/g, (_, key) => values[key] ?? (key.endsWith("sha") ? SHA : "1"));
}
