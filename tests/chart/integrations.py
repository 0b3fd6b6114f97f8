"""Argo CD's health checks say what objects are, and kube-state-metrics' configuration names fields that they have."""

import sys
from pathlib import Path

import yaml
from lupa.lua51 import LuaRuntime  # the version that Argo CD has

ROOT = Path(__file__).resolve().parents[2]
failed = []


def table(lua, value):
    """A Python value as Lua's."""
    if isinstance(value, dict):
        return lua.table_from({key: table(lua, item) for key, item in value.items()})
    return lua.table_from([table(lua, item) for item in value]) if isinstance(value, list) else value


def health(kind, obj):
    """The status and the message that a health check answers."""
    lua = LuaRuntime(register_eval=False, register_builtins=False)
    lua.globals().obj = table(lua, obj)
    code = (ROOT / f"docs/argo-cd/peribolos.dev/{kind}/health.lua").read_text(encoding="utf-8")
    answer = lua.execute(code)
    return answer["status"], answer["message"]


def check(sentence, found, status, part):
    if found[0] != status or part not in found[1]:
        failed.append(f"{sentence}: {found}")


def installation(*conditions, generation=1, suspend=False):
    conditions = [dict(zip(("type", "status", "reason", "message"), condition, strict=True)) for condition in conditions]
    status = {"observedGeneration": 1, "conditions": conditions}
    return {"metadata": {"generation": generation}, "spec": {"suspend": suspend}, "status": status}


READY = ("Ready", "True", "TokenIssued", "the token is valid")
NOT = ("Ready", "False", "PermissionsMissing", "members: write")
for sentence, obj, status, part in [
    ("one without status", {"metadata": {"generation": 1}, "spec": {}}, "Progressing", "not seen it"),
    ("a changed one", installation(READY, generation=2), "Progressing", "its change"),
    ("a ready one", installation(READY), "Healthy", "TokenIssued"),
    ("one not synced", installation(READY, ("Synced", "False", "ConfigInvalid", "line 3")), "Healthy", "Synced is False, ConfigInvalid: line 3"),
    ("one that drifted", installation(READY, ("Drifted", "True", "DriftFound", "2 changes")), "Healthy", "Drifted is True, DriftFound"),
    ("one without drift", installation(READY, ("Drifted", "False", "NoDrift", "")), "Healthy", "TokenIssued"),
    ("a stalled one", installation(NOT, ("Stalled", "True", "PermissionsMissing", "ask an owner")), "Degraded", "ask an owner"),
    ("one on its way", installation(NOT, ("Reconciling", "True", "Progressing", "minting")), "Progressing", "minting"),
    ("one not ready", installation(NOT), "Degraded", "members: write"),
    ("a suspended one", installation(("Ready", "False", "Suspended", ""), suspend=True), "Suspended", "spec.suspend"),
]:
    check(f"the health of {sentence}", health("GitHubInstallation", obj), status, part)


def definition(plural):
    crd = yaml.safe_load((ROOT / f"crds/{plural}.peribolos.dev.yaml").read_text(encoding="utf-8"))
    return crd["spec"]["names"]["kind"], crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]


DEFINITIONS = dict(map(definition, ("githubinstallations", "peribolosruns")))
phases = DEFINITIONS["PeribolosRun"]["properties"]["status"]["properties"]["phase"]["enum"]
wanted = {"Pending": "Progressing", "Queued": "Progressing", "Running": "Progressing", "Failed": "Degraded", "Cancelled": "Suspended"}
check("the health of a new run", health("PeribolosRun", {"metadata": {}}), "Progressing", "")
for phase in phases:
    run = {"status": {"phase": phase, "reason": "Because", "message": "of this"}}
    check(f"the health of a run that is {phase}", health("PeribolosRun", run), wanted.get(phase, "Healthy"), "Because: of this")


def at(schema, path, where):
    """The schema at a path, through the items of lists."""
    for key in path:
        schema = schema.get("items", schema).get("properties", {}).get(key)
        if schema is None:
            failed.append(f"kube-state-metrics, {where}: there is no {'.'.join(path)}")
            return {}
    return schema


for resource in yaml.safe_load((ROOT / "docs/kube-state-metrics.yaml").read_text(encoding="utf-8"))["spec"]["resources"]:
    kind = resource["groupVersionKind"]["kind"]
    schema = DEFINITIONS[kind]
    for metric in resource["metrics"]:
        where = f"{kind} {metric['name']}"
        each = metric["each"]
        (source,) = [value for key, value in each.items() if key != "type"]
        target = at(schema, source.get("path", []), where)
        for path in [*source.get("labelsFromPath", {}).values(), source.get("valueFrom", [])]:
            at(target, path, where)
        if "list" in source:
            # The status of a condition has no enum in its definition.
            states = set(at(target, source.get("valueFrom", []), where).get("enum", ["True", "False", "Unknown"]))
            if states != set(source["list"]):
                failed.append(f"kube-state-metrics, {where}: the states are {states}")

for sentence in failed:
    print(f"does not hold: {sentence}", file=sys.stderr)
sys.exit(1 if failed else 0)
