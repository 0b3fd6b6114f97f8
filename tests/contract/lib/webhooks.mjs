// GitHub's webhook schemas (OpenAPI 3.1, so JSON Schema 2020-12) as validators: one for each event and action.

import { createRequire } from "node:module";

import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

import { BOT_OR_PERSON } from "./formats.mjs";
import { unknownKeys } from "./unknown-keys.mjs";

const description = createRequire(import.meta.url)("@octokit/openapi-webhooks/generated/api.github.com.json");
const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
addFormats(ajv);
ajv.addFormat("email", BOT_OR_PERSON);
ajv.addSchema({ $id: "webhooks", components: withNewerEvents(description.components) });

// The description's own list of an App's permissions is shorter than GitHub's table of them (lib/permissions.mjs).
const LATER_PERMISSIONS = /^\/\w+\/app\/permissions\/organization_custom_(org_)?roles /;

/** What is wrong with a delivery, as sentences: its headers and its payload; none if it is as described. */
export function violations({ event, headers, payload }) {
  const name = [event, payload.action].filter(Boolean).join("-").replaceAll("_", "-");
  const hook = description.webhooks[name]?.post;
  if (!hook) return [`GitHub's description knows no webhook ${name}`];
  const missing = hook.parameters
    .filter((it) => it.in === "header" && it.required && !(it.name.toLowerCase() in headers))
    .map((it) => `the header ${it.name} is missing`);
  const { $ref } = hook.requestBody.content["application/json"].schema;
  const validate = ajv.getSchema(`webhooks${$ref}`);
  if (!validate(payload)) {
    const wrong = validate.errors.map((it) => `${it.instancePath || "/"} ${it.message} ${JSON.stringify(it.params)}`);
    return [...missing, ...wrong];
  }
  const unknown = unknownKeys(payload, { $ref }, resolve).filter((it) => !LATER_PERMISSIONS.test(it));
  return [...missing, ...unknown];
}

function resolve(reference) {
  return reference.slice(2).split("/").reduce((at, key) => at[key], description);
}

/** An App's events, where a schema lists them, with one that the same description has webhooks of and these lists lack. */
function withNewerEvents(schema) {
  if (Array.isArray(schema)) {
    const lists = schema.includes("merge_queue_entry") && !schema.includes("merge_group");
    return lists ? [...schema, "merge_group"] : schema.map(withNewerEvents);
  }
  if (schema === null || typeof schema !== "object") return schema;
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withNewerEvents(value)]));
}
