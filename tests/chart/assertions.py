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


people = {role["metadata"]["name"].rsplit("-", 1)[1]: role for role in of("ClusterRole")}
check("cluster-wide roles are for people, and bound to nobody", set(people) == {"view", "operator"} and not of("ClusterRoleBinding"))
check("people see no Secret", not any("secrets" in rule["resources"] for role in people.values() for rule in role["rules"]))
aggregated = {name: [key for key in role["metadata"]["labels"] if "aggregate" in key] for name, role in people.items()}
check("only seeing is aggregated", aggregated == {"view": ["rbac.authorization.k8s.io/aggregate-to-view"], "operator": []})
check("who sees changes nothing", all(set(rule["verbs"]) == {"get", "list", "watch"} for rule in people["view"]["rules"]))
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
for part in ("-receiver", "-controller"):
    template = one("Deployment", part)["spec"]["template"]
    own = one("Deployment", part)["spec"]["selector"]["matchLabels"]
    spread = template["spec"]["topologySpreadConstraints"]
    check(f"pods are spread: {part}", [s["labelSelector"]["matchLabels"] for s in spread] == [own])
    check(f"pods are the Deployment's own: {part}", own.items() <= template["metadata"]["labels"].items())
for owner in [*of("Deployment"), *of("Pod")]:
    pod = owner["spec"]["template"]["spec"] if "template" in owner["spec"] else owner["spec"]
    settings = [pod["securityContext"] | container["securityContext"] for container in pod["containers"]]
    restricted = {
        "runAsNonRoot": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    name = owner["metadata"]["name"]
    check(f"the pod security level `restricted` admits {name}", all(restricted.items() <= s.items() for s in settings))
everything = [*docs, *(d["spec"]["template"] for d in of("Deployment"))]
labelled = [d["metadata"].get("labels", {}).get("team") for d in everything]
check("every object and pod has the common labels", set(labelled) == {"platform"})
annotated = [d["metadata"].get("annotations", {}).get("example.com/owner") for d in everything]
check("every object and pod has the common annotations", set(annotated) == {"platform"})
policies = {p["metadata"]["name"].rsplit("-", 1)[1]: p["spec"] for p in of("NetworkPolicy")}
check("each kind of pod has a policy", set(policies) == {"receiver", "controller", "tasks"})


def reached(policy, direction):
    """The ports of a policy."""
    return {port["port"] for rule in policies[policy][direction] for port in rule["ports"]}


check("both directions are restricted", all(p["policyTypes"] == ["Ingress", "Egress"] for p in policies.values()))
check("the receiver is reached on two ports", reached("receiver", "ingress") == {"webhook", "admin"})
check("the controller is reached by Prometheus alone", reached("controller", "ingress") == {"admin"})
check("nobody reaches the runs' pods", "ingress" not in policies["tasks"])
check("the receiver reaches DNS and the API server", reached("receiver", "egress") == {53, 5353, 6443, 4317})
check("the controller reaches the proxy, too", reached("controller", "egress") == {53, 5353, 6443, 3128, 4317})
check("runs reach the proxy and no API server", reached("tasks", "egress") == {53, 5353, 3128, 4317})
check("policies are where their pods are", one("NetworkPolicy", "-tasks")["metadata"]["namespace"] == "organizations")
budgets = {b["metadata"]["name"].rsplit("-", 1)[1]: b["spec"] for b in of("PodDisruptionBudget")}
check("a budget has one limit", [set(b) & {"minAvailable", "maxUnavailable"} for b in budgets.values()] == [{"minAvailable"}] * 2)
alerts = {rule["alert"]: rule["expr"] for group in one("PrometheusRule", "operator")["spec"]["groups"] for rule in group["rules"]}
own = 'job="system/release-peribolos-operator"'
check("alerts are about this release", all(own in expr for expr in alerts.values()))
check("an alert can be left out", "PeribolosHealed" not in alerts and "PeribolosDrift" in alerts)
controller = one("Deployment", "-controller")["spec"]
check("controllers stand by for one another", controller["replicas"] == 2)
check("a controller ends only after the next one is ready", controller["strategy"] == {"rollingUpdate": {"maxUnavailable": 0}})
leases = [rule for rule in one("Role", "-controller")["rules"] if rule["resources"] == ["leases"]]
check("the controller writes one Lease", [rule.get("resourceNames") for rule in leases] == [["peribolos-controller"], None])
check("it may make that", leases[1]["verbs"] == ["create"])
check(
    "the namespace is kept",
    one("Namespace", "organizations")["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep",
)
check("definitions are kept", all(d["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep" for d in of("CustomResourceDefinition")))

tasks = {d["metadata"]["name"]: d["spec"] for d in of("Task")}
check("the Tasks", set(tasks) == {"peribolos-plan", "peribolos-apply", "peribolos-dump", "peribolos-upstream"})
params = {name: [p["name"] for p in spec["params"]] for name, spec in tasks.items()}
interface = ["login", "repository", "path", "sha", "args"]
check("one interface", params["peribolos-apply"] == params["peribolos-dump"] == interface)
check("a preview is of a pull request", params["peribolos-plan"] == [*interface, "pullRequest"])
check("upstream serves in place of our own apply", params["peribolos-upstream"] == interface)
results = {name: {r["name"] for r in spec.get("results", [])} for name, spec in tasks.items()}
check("an apply has results", results["peribolos-apply"] == {"planned", "applied", "failed", "remaining", "summary"})
check("upstream's are the same", results["peribolos-upstream"] == results["peribolos-apply"])
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
        values = [a for a in step["args"] if "$(params." in a and a != "$(params.args[*])"]
        check(f"{where}: each param is joined to its flag", all(a.startswith("--") and "=$(" in a for a in values))


def proxied(env):
    """What a container with these variables reaches through no proxy, if it has one."""
    values = {variable["name"]: variable.get("value") for variable in env}
    check("both kinds of addresses have a proxy", values["HTTPS_PROXY"] == values["HTTP_PROXY"] == "http://proxy.example.com:3128")
    return set(values["NO_PROXY"].split(","))


for part in ("-receiver", "-controller"):
    direct = proxied(one("Deployment", part)["spec"]["template"]["spec"]["containers"][0]["env"])
    check(f"no proxy before the API server: {part}", {"$(KUBERNETES_SERVICE_HOST)", "kubernetes.default.svc"} < direct)
    check(f"nor before what the values name: {part}", ".internal.example.com" in direct)
for name, spec in tasks.items():
    direct = proxied(spec["stepTemplate"]["env"])
    check(f"no variable of Kubernetes, which Tekton could take for its own, in {name}", not any("$(" in host for host in direct))
    check(f"no proxy before what the values name: {name}", ".internal.example.com" in direct)


account = one("ServiceAccount", "-tasks")
check("the runs' service account is in their namespace", account["metadata"]["namespace"] == "organizations")
check("it has the pull secrets", account["imagePullSecrets"] == [{"name": "registry"}])
check("its token is not mounted", account["automountServiceAccountToken"] is False)
bound = {s["name"] for binding in of("RoleBinding") for s in binding["subjects"]}
check("it has no rights", account["metadata"]["name"] not in bound)
arguments = controller["template"]["spec"]["containers"][0]["args"]
check("the controller gives it to runs", f"--task-service-account={account['metadata']['name']}" in arguments)
template = yaml.safe_load(one("ConfigMap", "-task-pods")["data"]["pod-template.yaml"])
check("the controller gives the template to runs", template["nodeSelector"] == {"disk": "ssd"})


def takes_args(task):
    """The steps of a Task that get the run's own arguments."""
    return [s["name"] for s in tasks[task]["steps"] if "$(params.args[*])" in s["args"]]


def images(task):
    return {s["image"] for s in tasks[task]["steps"]}


for task, step in [("peribolos-plan", "plan"), ("peribolos-apply", "apply"), ("peribolos-dump", "dump")]:
    check(f"{task} has one step", [s["name"] for s in tasks[task]["steps"]] == [step])
    check(f"{task} passes its arguments on", takes_args(task) == [step])
    check(f"{task} needs the operator's image alone", images(task) == {"mirror.example.com/peribolos-operator:dev"})
upstream = tasks["peribolos-upstream"]["steps"]
check("upstream runs after our plan", [s["name"] for s in upstream] == ["plan", "apply"])
check("our plan gets the arguments", takes_args("peribolos-upstream") == ["plan"])
check("upstream gets its flags from the plan", upstream[1]["args"][-1] == "$(steps.plan.results.flags[*])")
for url in ["--github-graphql-endpoint=https://github.example.com/api/graphql", "--github-endpoint=https://github.example.com/api/v3"]:
    check(f"upstream asks the same GitHub: {url}", url in upstream[1]["args"])
check(
    "GHES' GraphQL address is derived",
    "--github-graphql-url=https://github.example.com/api/graphql" in tasks["peribolos-apply"]["steps"][0]["args"],
)

for sentence in failed:
    print(f"does not hold: {sentence}", file=sys.stderr)
sys.exit(1 if failed else 0)
