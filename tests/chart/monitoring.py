"""The dashboard, the alerts and their tests are about metrics and labels that the program has, and each alert is tested.

Writes to the directory that it is given: rules.yaml, the alerts without their texts, alerts.yaml, their tests, and queries, the
dashboard's, one a line."""

import json
import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT / "charts/peribolos-operator/files/monitoring"
SCRAPED = {"job", "instance", "le"}
failed = []


def exposed():
    """Metrics and their labels, by the lines that the metrics' own tests expect."""
    metrics = ROOT / "crates/operator/src"
    files = [metrics / "metrics.rs", *(metrics / "metrics").glob("*.rs")]
    found = {}
    for code in (file.read_text(encoding="utf-8") for file in files):
        for name, labels in re.findall(r'^ *"(peribolos_\w+?)(?:_count)?[ {](.*)",$', code, re.M):
            found[name] = set(re.findall(r"(\w+)=", labels))
    return found


METRICS = exposed()


def check(where, expression):
    names = set()
    for name, matchers in re.findall(r"\b(peribolos_\w+)\{([^}]*)\}", expression):
        base = re.sub("_(bucket|sum|count)$", "", name)
        names.add(name)
        labels = set(re.findall(r"(\w+)(?==|!)", matchers))
        if base not in METRICS:
            failed.append(f"{where}: there is no metric {name}")
        elif labels - METRICS[base] - SCRAPED:
            failed.append(f"{where}: {name} has no label {labels - METRICS[base] - SCRAPED}")
    bare = set(re.findall(r"\bperibolos_\w+", expression)) - names
    if bare:
        failed.append(f"{where}: {bare} is not limited to one release")
    known = set().union(SCRAPED, *METRICS.values())
    for labels in re.findall(r"(?:by|on) \(([^)]*)\)", expression):
        if unknown := set(labels.split(", ")) - known:
            failed.append(f"{where}: no metric has the label {unknown}")


work = Path(sys.argv[1])
rules = yaml.safe_load((FILES / "alerts.yaml").read_text(encoding="utf-8"))
alerts = [rule for group in rules["groups"] for rule in group["rules"]]
text = Path(__file__).with_name("alerts.yaml").read_text(encoding="utf-8")
tests = yaml.safe_load(text)["tests"]
(work / "alerts.yaml").write_text(text, encoding="utf-8")
for rule in alerts:
    check(rule["alert"], rule["expr"])
    cases = [case for test in tests for case in test["alert_rule_test"] if case["alertname"] == rule["alert"]]
    if not any(case.get("exp_alerts") for case in cases):
        failed.append(f"no test has {rule['alert']} fire")
    if not any(not case.get("exp_alerts") for case in cases):
        failed.append(f"no test has {rule['alert']} not fire")
    if not {"summary", "description"} == set(rule.pop("annotations")):
        failed.append(f"{rule['alert']} says too little")
(work / "rules.yaml").write_text(json.dumps(rules), encoding="utf-8")
for test in tests:
    for series in test["input_series"]:
        name, labels = re.match(r"(\w+)\{(.*)\}$", series["series"]).groups()
        if name != "up":
            check(f"the test `{test['name']}`", f"{name}{{{labels}}}")

dashboard = json.loads((FILES / "dashboard.json").read_text(encoding="utf-8"))
panels = [panel for panel in dashboard["panels"] if panel["type"] != "row"]
ids = [panel["id"] for panel in dashboard["panels"]]
if len(ids) != len(set(ids)):
    failed.append("the dashboard: two panels have one id")
taken = {}
for panel in dashboard["panels"]:
    place = panel["gridPos"]
    for cell in ((x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])):
        if cell[0] >= 24 or cell in taken:
            failed.append(f"the dashboard: {panel['title']} overlaps {taken.get(cell, 'the edge')}")
            break
        taken[cell] = panel["title"]
queries = [(panel["title"], target["expr"]) for panel in panels for target in panel["targets"]]
for title, query in queries:
    check(f"the dashboard, {title}", query)
if unused := set(METRICS) - {re.sub("_bucket$", "", name) for _, query in queries for name in re.findall(r"peribolos_\w+", query)}:
    allowed = {"peribolos_installation_info", "peribolos_installation_token_expiry_timestamp_seconds"}
    failed.extend(f"the dashboard does not show {name}" for name in sorted(unused - allowed))

(work / "queries").write_text("".join(query.replace("$__rate_interval", "5m") + "\n" for _, query in queries), encoding="utf-8")

for sentence in failed:
    print(f"does not hold: {sentence}", file=sys.stderr)
sys.exit(1 if failed else 0)
