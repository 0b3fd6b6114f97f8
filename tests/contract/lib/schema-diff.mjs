// Compares two GraphQL schemas: is one a part of the other?

import { isEnumType, isInputObjectType, isInterfaceType, isIntrospectionType, isObjectType, isSpecifiedScalarType } from "graphql";

/** What `ours` has and `theirs` has not, or has differently, as sentences. */
export function strangers(ours, theirs) {
  const types = Object.values(ours.getTypeMap()).filter((it) => !isIntrospectionType(it) && !isSpecifiedScalarType(it));
  return types.flatMap((type) => {
    const other = theirs.getType(type.name);
    if (!other) return [`type ${type.name} is not GitHub's`];
    if (other.constructor !== type.constructor) return [`type ${type.name} is of another kind`];
    if (isEnumType(type)) return enumStrangers(type, other);
    if (isObjectType(type) || isInterfaceType(type)) return [...interfaceStrangers(type, other), ...fieldStrangers(type, other)];
    if (isInputObjectType(type)) return fieldStrangers(type, other);
    return [];
  });
}

/** An enum has to be complete: a client that switches over it sees every value. */
function enumStrangers(type, other) {
  const names = (it) => it.getValues().map((value) => value.name).toSorted().join(", ");
  return names(type) === names(other) ? [] : [`enum ${type.name} is ${names(type)}, GitHub's is ${names(other)}`];
}

function interfaceStrangers(type, other) {
  const has = new Set(other.getInterfaces().map((it) => it.name));
  return type.getInterfaces().filter((it) => !has.has(it.name)).map((it) => `${type.name} is no ${it.name}`);
}

function fieldStrangers(type, other) {
  return Object.values(type.getFields()).flatMap((field) => {
    const path = `${type.name}.${field.name}`;
    const match = other.getFields()[field.name];
    if (!match) return [`${path} is not GitHub's`];
    const wrong = differs(path, field.type, match.type);
    const args = (field.args ?? []).flatMap((arg) => {
      const same = match.args.find((it) => it.name === arg.name);
      if (!same) return [`${path}(${arg.name}:) is not GitHub's`];
      const value = String(arg.defaultValue) === String(same.defaultValue) ? [] : [`${path}(${arg.name}:) defaults to ${arg.defaultValue}, GitHub's to ${same.defaultValue}`];
      return [...differs(`${path}(${arg.name}:)`, arg.type, same.type), ...value];
    });
    return [...wrong, ...args];
  });
}

function differs(path, ours, theirs) {
  return String(ours) === String(theirs) ? [] : [`${path} is ${ours}, GitHub's is ${theirs}`];
}
