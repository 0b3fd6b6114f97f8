"""Every value of values.yaml means something, and every misspelt one is refused.

cases.yaml has another value for each leaf. Each is rendered and compared with the same release without it. For each key at each
level, the schema must refuse the same values with that key misspelt. Arguments: helm, the chart's directory."""

import copy
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from json import dumps, loads
from pathlib import Path

import jsonschema
import yaml

HELM, CHART = sys.argv[1], Path(sys.argv[2])
CONFIG_HASH = "peribolos.dev/config"  # it follows from every value that it hashes, whatever the templates do with them
failed = []


def load(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


defaults = load(CHART / "values.yaml")
least = load(CHART / "ci/values.yaml")
schema = jsonschema.Draft7Validator(loads((CHART / "values.schema.json").read_text(encoding="utf-8")))
sections = load(Path(__file__).with_name("cases.yaml"))


def merged(below, above):
    """Values over values, as Helm merges them."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return copy.deepcopy(above)
    return {**copy.deepcopy(below), **{key: merged(below.get(key), value) for key, value in above.items()}}


def at(path, value):
    """The values that set one path."""
    for key in reversed(path.split(".")):
        value = {key: value}
    return value


def leaves(values, cases, path=""):
    """Where values.yaml ends: what is no map, what is an empty one, and a map that has a case as a whole."""
    for key, value in values.items():
        here = f"{path}.{key}" if path else key
        if here not in cases and isinstance(value, dict) and value:
            yield from leaves(value, cases, here)
        else:
            yield here


def levels(values, cases, path=()):
    """The maps whose keys are the chart's own."""
    yield path, values
    for key, value in values.items():
        if isinstance(value, dict) and ".".join((*path, key)) not in cases:
            yield from levels(value, cases, (*path, key))


@cache
def rendered(values):
    """The objects of a release, without the hashes of values; or why there are none."""
    command = [HELM, "template", "release", str(CHART), "--namespace", "system", "-f", str(CHART / "ci/values.yaml"), "-f", "-"]
    ended = subprocess.run(command, input=values, capture_output=True, text=True, check=False)
    if ended.returncode:
        return None, ended.stderr.strip()
    return "\n".join(line for line in ended.stdout.splitlines() if CONFIG_HASH not in line), None


def differs(case):
    """What is wrong with a case, if anything."""
    path, before, after = case
    base, wrong = rendered(dumps(before))
    if wrong:
        return f"the values beside {path}'s case are refused: {wrong}"
    other, wrong = rendered(dumps(after))
    if wrong:
        return f"{path}: its case is refused: {wrong}"
    return f"{path} is rendered as without it" if base == other else None


def cases_of(section):
    # Definitions are the larger part, and only their own values change them.
    common = merged({"crds": {"enabled": False}}, section.get("with", {}))
    for path, value in section["cases"].items():
        yield path, common, merged(common, at(path, value))


complete = merged(defaults, least)
for error in schema.iter_errors(complete):
    sys.exit(f"the schema refuses the defaults: {error.message}")

everything = [case for section in sections for case in cases_of(section)]
with ThreadPoolExecutor(max_workers=4) as pool:
    failed += filter(None, pool.map(differs, everything))

named = {path for path, _, _ in everything}
wanted = set(leaves(defaults, named))
failed += [f"{path} has no case in cases.yaml" for path in sorted(wanted - named)]

misspelt = 0
for path, level in levels(defaults, named):
    for key in level:
        wrong = copy.deepcopy(complete)
        place = wrong
        for step in path:
            place = place[step]
        place[f"{key}z"] = place[key]
        misspelt += 1
        if schema.is_valid(wrong):
            failed.append(f"the schema accepts {'.'.join((*path, key))}z")

for sentence in failed:
    print(f"does not hold: {sentence}", file=sys.stderr)
print(f"chart: {len(everything)} values rendered, {misspelt} misspelt ones refused", file=sys.stderr)
sys.exit(1 if failed else 0)
