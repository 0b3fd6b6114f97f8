// GitHub's OpenAPI description as validators: one for each operation and status.

import { createRequire } from "node:module";

import Ajv from "ajv";
import addFormats from "ajv-formats";

import { BOT_OR_PERSON } from "./formats.mjs";
import { unknownKeys } from "./unknown-keys.mjs";

const require = createRequire(import.meta.url);
const description = require("@octokit/openapi/generated/api.github.com.json");
addEnterpriseCloud([
  "/orgs/{org}/custom-repository-roles",
  "/orgs/{org}/external-groups",
  "/orgs/{org}/external-group/{group_id}",
  "/orgs/{org}/teams/{team_slug}/external-groups",
]);
const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
addFormats(ajv);
ajv.addFormat("email", BOT_OR_PERSON);
ajv.addSchema({ $id: "github", components: asJsonSchema(description.components) });
const compiled = new Map();
const basicError = { "application/json": { schema: { $ref: "#/components/schemas/basic-error" } } };

/** Where the description contradicts its own examples: an account can't be both a user and an enterprise. */
const CORRECTED = {
  "GET /app/installations 200": { type: "array", items: { $ref: "#/components/schemas/installation" } },
};

/** The operation named `GET /orgs/{org}`; fails where GitHub has none of that name. */
export function operation(name) {
  const [method, path] = name.split(" ");
  const found = description.paths[path]?.[method.toLowerCase()];
  if (!found) throw new Error(`GitHub's description knows no operation ${name}.`);
  return found;
}

/** Keys that GitHub answers with everywhere, but one schema forgot. */
const FORGOTTEN = { "GET /orgs/{org}/teams/{team_slug}/repos/{owner}/{repo} 200": ["has_discussions"] };

/**
 * What is wrong with an answer of the operation `name`, as sentences; none if it is as described.
 * `body` is undefined where the answer had none, a string where it was not JSON.
 */
export function violations(name, { status, body, contentType }) {
  const response = deref(operation(name).responses[status]);
  if (!response) return [`${status} is not among the answers that GitHub describes`];
  // A refusal has a body, also where the description doesn't show it.
  const content = response.content ?? (status >= 400 ? basicError : undefined);
  if (!content) return body === undefined ? [] : [`a ${status} has no body, but there is one`];
  const type = contentType?.split(";")[0].trim();
  if (!(type in content)) return [`the content type is ${type}, not one of ${Object.keys(content)}`];
  if (!type.endsWith("json")) return [];
  const schema = CORRECTED[`${name} ${status}`] ?? asJsonSchema(content[type].schema);
  const key = `${name} ${status} ${type}`;
  if (!compiled.has(key)) compiled.set(key, ajv.compile(absolute(schema)));
  const validate = compiled.get(key);
  if (!validate(body)) {
    return validate.errors.map((it) => `${it.instancePath || "/"} ${it.message} ${JSON.stringify(it.params)}`);
  }
  // Every error of GitHub's says its status in the body, but only some of their schemas know.
  const checked = Array.isArray(body) ? body : { ...body, ...(status >= 400 && { status: undefined }) };
  for (const key of FORGOTTEN[`${name} ${status}`] ?? []) checked[key] = undefined;
  return unknownKeys(checked, schema, resolve);
}

/** Adds paths that only Enterprise Cloud has, with the components that they alone need. */
function addEnterpriseCloud(paths) {
  const cloud = require("@octokit/openapi/generated/ghec.json");
  for (const path of paths) description.paths[path] = cloud.paths[path];
  for (const [kind, all] of Object.entries(cloud.components)) {
    description.components[kind] = { ...all, ...description.components[kind] };
  }
}

/**
 * OpenAPI 3.0's `nullable` is JSON Schema's type "null". GitHub writes `oneOf` where several may hold at once, as of
 * two kinds of errors, so that is read as `anyOf`. The rest of the two languages is the same where GitHub uses it.
 */
function asJsonSchema(node) {
  if (Array.isArray(node)) return node.map(asJsonSchema);
  if (node === null || typeof node !== "object") return node;
  const { nullable, oneOf, ...rest } = node;
  if (Array.isArray(oneOf)) return asJsonSchema({ ...rest, nullable, allOf: [...(rest.allOf ?? []), { anyOf: oneOf }] });
  const schema = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, asJsonSchema(value)]));
  if (nullable === undefined || typeof nullable === "boolean") return nullable ? { anyOf: [{ type: "null" }, schema] } : schema;
  return { ...schema, nullable: asJsonSchema(nullable) };
}

function deref(node) {
  return node?.$ref ? node.$ref.slice(2).split("/").reduce((at, key) => at[key], description) : node;
}

/** The JSON Schema behind a reference of the description. */
function resolve(reference) {
  return asJsonSchema(deref({ $ref: reference.replace(/^github/, "") }));
}

function absolute(node) {
  if (Array.isArray(node)) return node.map(absolute);
  if (node === null || typeof node !== "object") return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, key === "$ref" && typeof value === "string" ? value.replace(/^#/, "github#") : absolute(value)]),
  );
}
