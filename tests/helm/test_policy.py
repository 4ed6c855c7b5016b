"""Security, resources, probes and network rules of every pod, in every profile."""

import pytest

from collector.intake import agent_scripts
from tests.helm.chart import PROFILES, containers, flipped, manifests, merged, only, pods

RENDERINGS = PROFILES | flipped()
SHELL = {"capabilities": {"drop": ["ALL"]}, "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True}


@pytest.fixture(params=[*PROFILES, *(pytest.param(name, marks=pytest.mark.long) for name in flipped())])
def found(request):
    return manifests(RENDERINGS[request.param])


def test_pods_run_as_nobody_special_and_hold_no_token(found):
    for name, pod in pods(found):
        spec, security = pod["spec"], pod["spec"]["securityContext"]
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["enableServiceLinks"] is False, f"{name}: a Service named snag would be a setting"
        assert security["runAsNonRoot"] is True, name
        assert security["runAsUser"] >= 10000, name
        assert security["seccompProfile"]["type"] in ("RuntimeDefault", "Localhost"), name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys(), name


def test_containers_may_nothing_and_cannot_write_to_their_image(found):
    for name, pod in pods(found):
        for one in containers(pod):
            security = one["securityContext"]
            assert {key: security[key] for key in SHELL} == SHELL, name
            assert security["privileged"] is False, name
            assert "add" not in security["capabilities"], name


def test_containers_say_what_they_need_and_what_they_may_take(found):
    for name, pod in pods(found):
        for one in containers(pod):
            resources = one["resources"]
            assert {"cpu", "memory", "ephemeral-storage"} <= resources["requests"].keys(), name
            assert {"memory", "ephemeral-storage"} <= resources["limits"].keys(), name


def test_what_is_written_is_bounded(found):
    for name, pod in pods(found):
        for volume in pod["spec"].get("volumes", []):
            if "emptyDir" in volume:
                assert volume["emptyDir"]["sizeLimit"], f"{name}: {volume['name']}"


def test_whatever_runs_for_long_is_probed_and_stops_in_order(found):
    for name, pod in pods(found):
        if name.startswith(("StatefulSet", "Deployment")):
            for one in pod["spec"]["containers"]:
                assert {"startupProbe", "readinessProbe", "livenessProbe", "lifecycle"} <= one.keys(), name
                assert one["readinessProbe"]["httpGet"]["path"] == "/readyz", name
                assert one["livenessProbe"]["httpGet"]["path"] == "/livez", f"{name}: never for the store's sake"
            assert pod["spec"]["terminationGracePeriodSeconds"] > 30, name


def test_the_time_to_stop_is_longer_than_all_that_is_done_in_it(found):
    pod = only(found, "StatefulSet")["spec"]["template"]["spec"]
    (collector,) = pod["containers"]
    settings = {one["name"]: one.get("value") for one in collector["env"]}
    needed = collector["lifecycle"]["preStop"]["sleep"]["seconds"]
    needed += int(settings["SNAG_LINGER_S"]) + int(settings["SNAG_DRAIN_S"])
    assert pod["terminationGracePeriodSeconds"] >= needed + 10


def test_pods_are_spread_and_leave_one_at_a_time(found):
    for name, pod in pods(found):
        keys = {one["topologyKey"] for one in pod["spec"]["topologySpreadConstraints"]}
        assert keys == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}, name
    budgets = [one["spec"] for one in found if one["kind"] == "PodDisruptionBudget"]
    assert all(one["unhealthyPodEvictionPolicy"] == "AlwaysAllow" for one in budgets)
    for one in found:
        if one["kind"] in ("StatefulSet", "Deployment"):
            labels = one["spec"]["template"]["metadata"]["labels"]
            covered = any(one["selector"]["matchLabels"].items() <= labels.items() for one in budgets)
            switched_off = one["kind"] == "StatefulSet" and not covered
            assert covered or switched_off, one["metadata"]["name"]


def test_every_pod_has_a_network_policy_for_both_ways(found):
    policies = [one["spec"] for one in found if one["kind"] == "NetworkPolicy"]
    if not policies:
        return  # switched off, which NOTES say
    for name, pod in pods(found):
        labels = pod["metadata"]["labels"]
        mine = [one for one in policies if one["podSelector"]["matchLabels"].items() <= labels.items()]
        assert mine, name
        assert all(one["policyTypes"] == ["Ingress", "Egress"] for one in mine), name


def test_no_secret_stands_in_a_manifest(found):
    for secret in [one for one in found if one["kind"] == "Secret"]:
        assert secret["metadata"]["name"].endswith("-pages")  # a random password
        assert len(secret["data"]["password"]) >= 24
    for name, pod in pods(found):
        for one in containers(pod):
            for variable in one.get("env", []):
                if "DSN" in variable["name"] or "PASSWORD" in variable["name"]:
                    assert "secretKeyRef" in variable["valueFrom"], name


def test_images_have_a_version(found):
    for name, pod in pods(found):
        for one in containers(pod):
            assert not one["image"].endswith((":latest", ":")), name
            assert ":" in one["image"] or "@sha256:" in one["image"], name


def test_every_object_says_whose_it_is(found):
    for one in found:
        labels = one["metadata"]["labels"]
        assert {
            "app.kubernetes.io/name",
            "app.kubernetes.io/instance",
            "app.kubernetes.io/managed-by",
        } <= labels.keys()
        assert one["metadata"]["namespace"] == "shop"


def test_selectors_meet_their_pods_and_nobody_elses(found):
    templates = dict(pods(found))
    for one in found:
        if one["kind"] in ("StatefulSet", "Deployment"):
            wanted = one["spec"]["selector"]["matchLabels"].items()
            met = [name for name, pod in templates.items() if wanted <= pod["metadata"]["labels"].items()]
            assert met == [f"{one['kind']}/{one['metadata']['name']}"]


def test_services_lead_to_ports_that_are_there(found):
    templates = [pod for _, pod in pods(found)]
    for one in found:
        if one["kind"] == "Service":
            wanted = one["spec"]["selector"].items()
            (pod,) = [p for p in templates if wanted <= p["metadata"]["labels"].items()]
            names = {port["name"] for c in pod["spec"]["containers"] for port in c.get("ports", [])}
            assert {port["targetPort"] for port in one["spec"]["ports"]} <= names


def test_from_outside_only_what_the_agent_needs_can_be_reached():
    found = manifests(PROFILES["everything"])
    paths = {
        (one["metadata"]["name"], path["path"], path["pathType"], path["backend"]["service"]["port"]["name"])
        for one in found
        if one["kind"] == "Ingress"
        for rule in one["spec"]["rules"]
        for path in rule["http"]["paths"]
    }
    assert {path[1:] for path in paths if path[0] == "rel-snagwatch-collector"} == {
        (f"/{path}", "Exact", "public")
        for path in ("v1/beacons", "agent.js", "agent-survey.js", "agent-vitals.js", "agent-debug.js")
    }
    assert {path[1:] for path in paths if path[0] == "rel-snagwatch-collector-contacts"} == {
        ("/v1/contacts/", "Prefix", "private"),
        ("/v1/surveys/", "Prefix", "private"),
    }
    agent = set(agent_scripts.scripts())
    assert agent == {path[1] for path in paths if path[1].endswith(".js")}
    route = only(found, "HTTPRoute")["spec"]["rules"][0]["matches"]
    assert {match["path"]["type"] for match in route} == {"Exact"}


def test_by_default_nothing_reaches_it_from_outside():
    kinds = {one["kind"] for one in manifests({})}
    assert not kinds & {"Ingress", "HTTPRoute", "Role", "ClusterRole"}
    assert all(one["spec"]["type"] == "ClusterIP" for one in manifests({}) if one["kind"] == "Service")


def test_a_clouds_metadata_cannot_be_reached_from_a_browser():
    policy = only(manifests(PROFILES["everything"]), "NetworkPolicy", "-synthetic")["spec"]
    for rule in policy["egress"]:
        for peer in rule.get("to", []):
            if peer.get("ipBlock", {}).get("cidr") == "0.0.0.0/0":
                assert peer["ipBlock"]["except"] == ["169.254.0.0/16"]
            if peer.get("ipBlock", {}).get("cidr") == "::/0":
                assert peer["ipBlock"]["except"] == ["fd00:ec2::254/128", "fd20:ce::254/128"]


def test_one_process_does_the_chores():
    found = manifests({})
    chores = only(found, "Deployment", "-chores")["spec"]
    assert chores["replicas"] == 1
    assert chores["strategy"] == {"type": "Recreate"}
    env = only(found, "StatefulSet")["spec"]["template"]["spec"]["containers"][0]["env"]
    assert {"name": "SNAG_CHORES", "value": "0"} in env
    embedded = manifests({"store": {"embedded": True}})
    assert not [one for one in embedded if one["kind"] == "Deployment"]
    env = only(embedded, "StatefulSet")["spec"]["template"]["spec"]["containers"][0]["env"]
    assert "SNAG_CHORES" not in {one["name"] for one in env}


def test_other_vendors_agents_are_let_in_only_where_they_are_switched_on():
    given = merged(PROFILES["everything"], {"settings": {"foreign_agents": "faro"}})
    routed = str(only(manifests(given), "HTTPRoute"))
    assert "/faro/collect" in routed
    assert "/otlp" not in routed
    assert "/faro" not in str(only(manifests(PROFILES["everything"]), "HTTPRoute"))
