"""What must hold of the rendered chart: who can read what, and how pods are hardened. Reads manifests from stdin."""

import sys

import yaml

docs = [d for d in yaml.safe_load_all(sys.stdin) if d]
failed = []


def check(sentence, holds):
    if not holds:
        failed.append(sentence)


def of(kind):
    return [d for d in docs if d["kind"] == kind]


def one(kind, suffix):
    return next(d for d in of(kind) if d["metadata"]["name"].endswith(suffix))


def rules(suffix):
    return {r: set(rule["verbs"]) for rule in one("Role", suffix)["rules"] for r in rule["resources"]}


check("nothing is cluster-wide", not of("ClusterRole") and not of("ClusterRoleBinding"))
check("the receiver has two resources only", set(rules("-receiver")) == {"githubinstallations", "peribolosruns"})
check("the receiver deletes no run", "delete" not in rules("-receiver")["peribolosruns"])
check("no rule has a wildcard", not any("*" in str(role["rules"]) for role in of("Role")))
check("roles are in the installations' namespace", {r["metadata"]["namespace"] for r in of("Role")} == {"organizations"})


def keys(deployment):
    """The keys of the App's Secret that a Deployment's pods mount."""
    found = set()
    for volume in one("Deployment", deployment)["spec"]["template"]["spec"]["volumes"]:
        sources = [s["secret"] for s in volume.get("projected", {}).get("sources", [])]
        if "secret" in volume:
            sources.append(volume["secret"])
        for source in sources:
            found |= {item["key"] for item in source.get("items", [{"key": "every key"}])}
    return found


check("the receiver mounts the webhook secrets alone", keys("-receiver") == {"webhook-secret", "webhook-secret-previous"})
check("the controller mounts the private key alone", keys("-controller") == {"private-key.pem"})
check("one controller at a time", one("Deployment", "-controller")["spec"]["strategy"] == {"type": "Recreate"})
check(
    "the namespace is kept",
    one("Namespace", "organizations")["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep",
)
check("definitions are kept", all(d["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep" for d in of("CustomResourceDefinition")))

tasks = {d["metadata"]["name"]: d["spec"] for d in of("Task")}
check("the three Tasks", set(tasks) == {"peribolos-plan", "peribolos-apply", "peribolos-dump"})
params = {name: [p["name"] for p in spec["params"]] for name, spec in tasks.items()}
check("one interface", params["peribolos-plan"] == params["peribolos-dump"])
check("an apply's own steps have arguments beside upstream's", params["peribolos-apply"] == params["peribolos-plan"] + ["planArgs"])
for name, spec in tasks.items():
    security = spec["stepTemplate"]["securityContext"]
    hardened = {
        "runAsNonRoot": True,
        "readOnlyRootFilesystem": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    check(f"{name} is hardened", hardened.items() <= security.items())
    for step in spec["steps"]:
        where = f"{name}, step {step['name']}"
        check(f"{where}: no script, a command", "script" not in step and step.get("command"))
        check(f"{where}: keeps the template's security", "securityContext" not in step)
        check(f"{where}: no param in a command", "$(" not in str(step["command"]))
        values = [a for a in step["args"] if "$(params." in a and a not in ("$(params.args[*])", "$(params.planArgs[*])")]
        check(f"{where}: each param is joined to its flag", all(a.startswith("--") and "=$(" in a for a in values))
def takes_args(task):
    """The steps of a Task that get the run's own arguments."""
    return [s["name"] for s in tasks[task]["steps"] if "$(params.args[*])" in s["args"]]


check("upstream alone gets an apply's arguments", takes_args("peribolos-apply") == ["apply"])
check("our steps get theirs", takes_args("peribolos-plan") == ["plan"] and takes_args("peribolos-dump") == ["dump"])
check("apply runs after plan", [s["name"] for s in tasks["peribolos-apply"]["steps"]][:2] == ["plan", "apply"])
check(
    "GHES' GraphQL address is derived",
    "--github-graphql-endpoint=https://github.example.com/api/graphql" in tasks["peribolos-apply"]["steps"][1]["args"],
)

for sentence in failed:
    print(f"does not hold: {sentence}", file=sys.stderr)
sys.exit(1 if failed else 0)
