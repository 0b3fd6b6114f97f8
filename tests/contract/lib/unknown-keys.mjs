// Finds keys of a JSON answer that no branch of its schema names. JSON Schema itself lets them pass unless a schema
// says `additionalProperties: false`, which GitHub's do not.

/**
 * The unknown keys of `value`, as sentences. `resolve(reference)` gives the schema behind a `$ref`.
 */
export function unknownKeys(value, schema, resolve) {
  return [...new Set(walk(value, [schema], "", resolve))];
}

function* walk(value, schemas, path, resolve) {
  const branches = schemas.flatMap((it) => flatten(it, resolve));
  if (Array.isArray(value)) {
    const items = branches.map((it) => it.items).filter(Boolean);
    if (items.length > 0) for (const [at, item] of value.entries()) yield* walk(item, items, `${path}/${at}`, resolve);
  } else if (value !== null && typeof value === "object") {
    const objects = branches.filter((it) => it.properties || it.additionalProperties || it.type === "object");
    // A schema without properties, or with a rule for the rest, leaves its keys open.
    if (objects.length === 0 || objects.some((it) => !it.properties || it.additionalProperties)) return;
    for (const [key, child] of Object.entries(value)) {
      if (child === undefined) continue;
      const known = objects.map((it) => it.properties[key]).filter(Boolean);
      if (known.length === 0) yield `${path}/${key} is a key that GitHub's description does not have`;
      else yield* walk(child, known, `${path}/${key}`, resolve);
    }
  }
}

/** The schema and everything it is combined of; a branch that does not hold only makes this more lenient. */
function flatten(schema, resolve) {
  if (schema.$ref) return flatten(resolve(schema.$ref), resolve);
  const parts = ["allOf", "anyOf", "oneOf"].flatMap((word) => schema[word] ?? []);
  return [schema, ...parts.flatMap((it) => flatten(it, resolve))].filter((it) => it.type !== "null");
}
