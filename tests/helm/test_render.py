"""Renderings are valid for Kubernetes, complete, and can follow each other in an upgrade."""

import argparse
import importlib
import re
import shutil

import helm_python as helm
import kubernetes_validate
import pytest
import yaml

from tests.helm.chart import (
    CHART,
    EVERYTHING,
    INCOMPLETE,
    PROFILES,
    at,
    files,
    flipped,
    manifests,
    merged,
    notes,
    only,
    pods,
)

VERSIONS = [f"1.{minor}" for minor in range(30, 38)]
CUSTOM = {
    "ServiceMonitor": ("cloudcoil.models.prometheus_operator.v1", "ServiceMonitor"),
    "PodMonitor": ("cloudcoil.models.prometheus_operator.v1", "PodMonitor"),
    "PrometheusRule": ("cloudcoil.models.prometheus_operator.v1", "PrometheusRule"),
    "AlertmanagerConfig": ("cloudcoil.models.prometheus_operator.v1alpha1", "AlertmanagerConfig"),
    "ScaledObject": ("cloudcoil.models.keda.v1alpha1", "ScaledObject"),
}
UNCHECKED = ("HTTPRoute", "GrafanaDashboard")
"""Custom resources for which no model can be installed."""


def test_the_linter_finds_nothing():
    for values in PROFILES.values():
        found = helm.lint(str(CHART), values, strict=True)
        assert found["errors"] == []
        assert {one["error"] for one in found["messages"]} <= {"icon is recommended"}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("profile", PROFILES)
def test_profiles_are_strictly_valid(profile, version):
    for one in manifests(PROFILES[profile]):
        if one["kind"] not in (*CUSTOM, *UNCHECKED):
            kubernetes_validate.validate(one, version, strict=True)


@pytest.mark.long
@pytest.mark.parametrize("name", flipped())
def test_every_switch_renders_validly(name):
    for manifest in manifests(flipped()[name]):
        if manifest["kind"] not in (*CUSTOM, *UNCHECKED):
            kubernetes_validate.validate(manifest, "1.37", strict=True)


@pytest.mark.parametrize("switch", sorted(INCOMPLETE))
def test_a_switch_that_needs_another_value_says_which(switch):
    with pytest.raises(helm.HelmRenderError, match=r"\b(needs?|without|give)\b"):
        files(at(tuple(switch.split(".")), True))


@pytest.mark.parametrize("profile", ["everything", "production", "cronjob"])
def test_custom_resources_are_what_their_models_take(profile):
    for one in manifests(PROFILES[profile]):
        if one["kind"] in CUSTOM:
            module, name = CUSTOM[one["kind"]]
            model = getattr(importlib.import_module(module), name)
            understood = model.model_validate(one).model_dump(by_alias=True, exclude_none=True, mode="json")
            assert understood["spec"] == one["spec"], "a field that the model does not know"


def test_the_same_values_give_the_same_text():
    for values in PROFILES.values():
        with helm.Chart.load(str(CHART)) as again:
            one, two = again.render(values, name="rel", namespace="shop"), files(values)
            differing = {path for path in one if one[path] != two[path]}
            assert differing <= {"snagwatch/templates/pages.yaml"}, "only the random password may differ"


def names(found):
    return {(one["kind"], one["metadata"]["name"]) for one in found}


def test_two_releases_fit_into_one_namespace():
    one, two = (manifests(EVERYTHING, name=name) for name in ("red", "blue"))
    assert not names(one) & names(two)
    for manifest in one:
        if "selector" in manifest.get("spec", {}):
            selector = manifest["spec"]["selector"]
            assert selector.get("matchLabels", selector)["app.kubernetes.io/instance"] == "red"


def test_long_names_stay_within_limits_and_apart():
    longest = "a-release-whose-name-is-as-long-as-helm-lets-it-be-ok"
    near = longest[:-2] + "no"
    for values in (EVERYTHING, PROFILES["cronjob"]):
        first, second = manifests(values, name=longest), manifests(values, name=near)
        assert not names(first) & names(second)
        for one in first:
            limit = 52 if one["kind"] in ("StatefulSet", "CronJob", "Deployment", "Job") else 63
            assert len(one["metadata"]["name"]) <= limit, one["metadata"]["name"]
            assert re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", one["metadata"]["name"])
            for value in one["metadata"]["labels"].values():
                assert len(value) <= 63


def test_names_can_be_chosen():
    assert names(manifests({"fullnameOverride": "snag"})) >= {("Service", "snag-collector")}
    assert names(manifests({"nameOverride": "dem"})) >= {("Service", "rel-dem-collector")}


def fixed(found):
    """What Kubernetes lets nobody change."""
    result = {}
    for one in found:
        spec, key = one.get("spec", {}), (one["kind"], one["metadata"]["name"])
        if one["kind"] == "StatefulSet":
            result[key] = [spec[name] for name in ("selector", "serviceName", "podManagementPolicy")] + [
                spec.get("volumeClaimTemplates")
            ]
        elif one["kind"] == "Deployment":
            result[key] = spec["selector"]
        elif one["kind"] == "Service":
            result[key] = spec.get("clusterIP")
    return result


def test_an_upgrade_changes_nothing_that_cannot_be_changed(tmp_path):
    newer = shutil.copytree(CHART, tmp_path / "snagwatch")
    meta = newer / "Chart.yaml"
    meta.write_text(meta.read_text().replace("0.1.0", "9.8.7"))
    other = merged(
        EVERYTHING,
        {
            "commonLabels": {"team": "web"},
            "commonAnnotations": {"a": "b"},
            "settings": {"workers": 2},
            "collector": {"replicas": 5, "podLabels": {"x": "y"}, "drainSeconds": 60},
            "synthetic": {"podLabels": {"x": "y"}, "image": {"tag": "2"}, "journeys": {"files": {"b.py": ""}}},
        },
    )
    with helm.Chart.load(str(newer)) as chart_:
        texts = chart_.render(other, name="rel", namespace="shop")
    after = [
        one for path, text in texts.items() if not path.endswith("NOTES.txt") for one in yaml.safe_load_all(text) if one
    ]
    before = fixed(manifests(EVERYTHING))
    assert before == {key: value for key, value in fixed(after).items() if key in before}


@pytest.mark.parametrize("scaler", ["autoscaling", "keda"])
@pytest.mark.parametrize(("replicas", "least", "expected"), [(2, 2, 2), (5, 2, 5), (2, 4, 4)])
def test_turning_autoscaling_on_never_drops_collectors(scaler, replicas, least, expected):
    scaled = {"collector": {"replicas": replicas, scaler: {"enabled": True, "minReplicas": least}}}
    assert only(manifests(scaled), "StatefulSet")["spec"]["replicas"] == expected


def test_security_contexts_can_be_left_to_the_cluster():
    openshift = {"podSecurityContext": {"runAsUser": None, "runAsGroup": None, "fsGroup": None}}
    for _, pod in pods(manifests(merged(EVERYTHING, openshift))):
        assert not {"runAsUser", "runAsGroup", "fsGroup"} & pod["spec"]["securityContext"].keys()
        assert pod["spec"]["securityContext"]["runAsNonRoot"] is True


def test_images_come_from_the_global_registry_with_its_secrets():
    values = merged(
        EVERYTHING,
        {
            "global": {"imageRegistry": "registry.example/", "imagePullSecrets": ["a"]},
            "imagePullSecrets": [{"name": "b"}],
            "synthetic": {
                "artefacts": {
                    "type": "objectStore",
                    "objectStore": {"destination": ":s3:bucket", "existingSecret": "c"},
                }
            },
        },
    )
    for name, pod in pods(manifests(values)):
        assert pod["spec"]["imagePullSecrets"] == [{"name": "a"}, {"name": "b"}], name
        for container in [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]:
            assert container["image"].startswith("registry.example/"), name


def test_failed_journeys_leave_their_artefacts():
    for kind, volume in (("emptyDir", "emptyDir"), ("volume", "persistentVolumeClaim"), ("objectStore", "emptyDir")):
        values = merged(
            PROFILES["production"],
            {
                "synthetic": {
                    "artefacts": {
                        "type": kind,
                        "objectStore": {"destination": ":s3:bucket/journeys", "existingSecret": "keys"},
                    }
                }
            },
        )
        found = manifests(values)
        runner = only(found, "Deployment", "synthetic-virginia")["spec"]["template"]["spec"]
        assert "--artefacts=/artefacts" in runner["containers"][0]["args"]
        (artefacts,) = [one for one in runner["volumes"] if one["name"] == "artefacts"]
        assert volume in artefacts
        assert any(one["name"] == "artefacts" for one in runner["containers"][0]["volumeMounts"])
        if kind == "volume":
            assert artefacts[volume]["claimName"] in {
                one["metadata"]["name"] for one in found if one["kind"] == "PersistentVolumeClaim"
            }
        if kind == "objectStore":
            (copy,) = runner["initContainers"]
            assert copy["restartPolicy"] == "Always"
            assert {"name": "DESTINATION", "value": ":s3:bucket/journeys/virginia"} in copy["env"]


def test_artefacts_are_linked_from_results_and_alerts():
    found = manifests(EVERYTHING)
    runner = only(found, "Deployment", "synthetic-default")["spec"]["template"]["spec"]["containers"][0]
    assert "--artefacts-url=https://artefacts.example/default" in runner["args"]
    rules = [rule for group in only(found, "PrometheusRule")["spec"]["groups"] for rule in group["rules"]]
    linked = {rule["alert"] for rule in rules if "artefacts_url" in rule.get("annotations", {})}
    assert {"SnagJourneyFailing", "SnagJourneyBudgetBurnFast"} <= linked
    assert all(name.startswith("SnagJourney") for name in linked)


def test_every_option_of_the_runner_can_be_reached():
    """Each has a value, is set by the chart itself, or is passed as an extra argument."""
    from synthetic.command import arguments

    parser = argparse.ArgumentParser()
    arguments(parser, argparse.ArgumentParser(add_help=False))
    (actions,) = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    template = (CHART / "templates/synthetic.yaml").read_text()
    by_extra_args = {"--client-cert", "--help"}
    for name in ("watch", "run"):
        options = {
            option
            for action in actions.choices[name]._actions
            for option in action.option_strings
            if option[:2] == "--"
        }
        only_by_hand = {"--repeat", "--json", "--junit", "--trace", "--fail-on", "--only"} if name == "run" else set()
        missing = {
            option
            for option in options - by_extra_args - only_by_hand
            if f"- {option}" not in template and f'"{option}' not in template
        }
        assert not missing, name
    extra = merged(EVERYTHING, {"synthetic": {"extraArgs": ["--client-cert=https://a=b,c"]}})
    runner = only(manifests(extra), "Deployment", "synthetic-default")
    assert "--client-cert=https://a=b,c" in runner["spec"]["template"]["spec"]["containers"][0]["args"]


@pytest.mark.parametrize("enabled", [True, False])
def test_a_chart_that_depends_on_it_may_pass_its_condition_and_globals(enabled):
    files({"enabled": enabled, "global": {"region": "eu"}})


def test_the_volume_is_checked_against_the_plan():
    from collector.server.capacity import plan

    day = int(plan(1).disk_bytes)
    gi = 2**30
    for sessions in (10_000, 100_000):
        enough = -(-(sessions * (day + 1) + gi) // gi) + 1
        embedded = {"store": {"embedded": True}, "sessionsPerDay": sessions}
        files(merged(embedded, {"collector": {"persistence": {"size": f"{enough}Gi"}}}))
        with pytest.raises(helm.HelmRenderError, match=f"{sessions} sessions a day need"):
            files(merged(embedded, {"collector": {"persistence": {"size": f"{enough - 2}Gi"}}}))
    sessions = int(re.search(r"about (\d+) sessions", notes({"store": {"embedded": True}}))[1])
    assert plan(sessions).disk_bytes + gi <= 5 * gi


def test_hooks_leave_nothing_behind():
    for manifest in manifests(PROFILES["production"]):
        annotations = manifest["metadata"].get("annotations", {})
        if "helm.sh/hook" in annotations:
            assert "hook-succeeded" in annotations["helm.sh/hook-delete-policy"], manifest["kind"]


def test_the_migration_has_the_cloud_identity_of_the_account():
    found = manifests({"serviceAccount": {"annotations": {"cloud.example/role": "store"}}})
    account = only(found, "ServiceAccount", "-migrate")
    assert account["metadata"]["annotations"]["cloud.example/role"] == "store"
    pod = only(found, "Job", "-migrate")["spec"]["template"]["spec"]
    assert pod["serviceAccountName"] == account["metadata"]["name"]


def test_alerts_take_severities_labels_and_runbook_addresses_from_values():
    settings = {
        "runbookBaseUrl": "https://wiki.example/runbooks/",
        "severities": {"page": "critical"},
        "alertLabels": {"team": "web"},
        "alertAnnotations": {"board": "https://grafana.example"},
    }
    for given in (settings, {}):
        rule = {"monitoring": {"prometheusRule": {"enabled": True, **given}}}
        groups = only(manifests(rule), "PrometheusRule")["spec"]["groups"]
        alerts = {alert["alert"]: alert for group in groups for alert in group["rules"] if "alert" in alert}
        old = alerts["SnagSpoolOld"]
        if given:
            assert old["labels"] == {"severity": "critical", "team": "web"}
            assert old["annotations"]["runbook_url"] == "https://wiki.example/runbooks/SnagSpoolOld.md"
            assert old["annotations"]["board"] == "https://grafana.example"
        else:
            assert "runbook_url" not in old["annotations"]
            assert old["annotations"]["runbook"] == "docs/runbooks/SnagSpoolOld.md"


def test_scraped_series_name_their_installation():
    found = manifests(EVERYTHING)
    for kind, endpoints in (("ServiceMonitor", "endpoints"), ("PodMonitor", "podMetricsEndpoints")):
        for endpoint in only(found, kind)["spec"][endpoints]:
            assert endpoint["relabelings"][0]["targetLabel"] == "installation"
            assert endpoint["relabelings"][0]["replacement"] == "shop/rel"


def test_inhibition_names_alerts_and_labels_that_exist():
    config = only(manifests(EVERYTHING), "AlertmanagerConfig")["spec"]["inhibitRules"]
    assert len(config) == len(yaml.safe_load((CHART / "files/alertmanager/inhibit.yaml").read_text())["inhibit_rules"])
    rules = "".join(file.read_text() for file in (CHART / "files/rules").glob("*.yaml"))
    known = re.findall(r"alert: (\w+)", rules)
    for rule in config:
        for (matcher,) in (rule["sourceMatch"], rule["targetMatch"]):
            for pattern in matcher["value"].split("|") if "(" not in matcher["value"] else [matcher["value"]]:
                assert any(re.fullmatch(pattern, name) for name in known), pattern
        assert "installation" in rule["equal"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"collector": {"autoscaling": {"enabled": True}, "keda": {"enabled": True}}}, "enable one of them"),
        ({"store": {"embedded": True}, "collector": {"keda": {"enabled": True}}}, "cannot be scaled"),
        ({"store": {"embedded": True}, "collector": {"persistence": {"enabled": False}}}, "must be true"),
        ({"store": {"existingSecret": ""}}, "names the Secret with the DSN"),
        ({"files": {"sources.toml": ""}}, "requesterKeysSecret"),
        ({"files": {"a": ""}, "filesConfigMap": "b"}, "give one of them"),
        ({"settings": {"spool_max_mb": 6000}}, "must be larger than settings.spool_max_mb"),
        ({"store": {"embedded": True}, "sessionsPerDay": 10**6}, "1000000 sessions a day need 103Gi"),
        (
            {
                "extraManifests": [
                    {
                        "apiVersion": "external-secrets.io/v1",
                        "kind": "ExternalSecret",
                        "metadata": {"name": "snagwatch-store"},
                    }
                ]
            },
            "set migrations.mode=init",
        ),
        (
            {"synthetic": {"enabled": True, "journeys": {"path": "/j"}, "artefacts": {"type": "objectStore"}}},
            "objectStore.destination",
        ),
        ({"synthetic": {"enabled": True}}, "give synthetic.journeys.files"),
        ({"ingress": {"enabled": True}}, "needs ingress.hosts"),
        ({"httpRoute": {"enabled": True}}, "needs httpRoute.parentRefs"),
        ({"contacts": {"ingress": {"enabled": True, "hosts": ["a.b"]}}}, "needs networkPolicy.contactsFrom"),
    ],
)
def test_values_that_exclude_each_other_are_rejected_with_a_reason(values, message):
    with pytest.raises(helm.HelmRenderError, match=re.escape(message)):
        files(values)


def test_notes_warn_of_lost_data_and_open_ports():
    assert "!!" not in notes({})
    assert "are lost" in notes({"collector": {"persistence": {"enabled": False}}})
    assert "are lost" in notes({"collector": {"persistence": {"whenScaled": "Delete"}}})
    assert "have no login" in notes({"networkPolicy": {"enabled": False}})


def test_locations_are_sharded_over_runners_of_their_own():
    found = [one for one in manifests(PROFILES["production"]) if one["kind"] == "Deployment"]
    runners = {
        one["metadata"]["name"]: [
            arg for arg in one["spec"]["template"]["spec"]["containers"][0]["args"] if "shard" in arg
        ]
        for one in found
        if "synthetic" in one["metadata"]["name"]
    }
    assert runners == {
        "rel-snagwatch-synthetic-frankfurt-1": ["--shard=1/2"],
        "rel-snagwatch-synthetic-frankfurt-2": ["--shard=2/2"],
        "rel-snagwatch-synthetic-virginia": ["--shard=1/1"],
    }


def test_migrations_run_before_or_within_or_not_at_all():
    hook = only(manifests({}), "Job")
    assert hook["spec"]["activeDeadlineSeconds"] < 300, "Helm's own timeout would end it without a reason"
    assert hook["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert hook["spec"]["template"]["spec"]["containers"][0]["args"] == ["store", "migrate"]
    within = manifests({"migrations": {"mode": "init"}})
    assert only(within, "StatefulSet")["spec"]["template"]["spec"]["initContainers"][0]["args"] == [
        "store",
        "migrate",
    ]
    for values in ({"migrations": {"mode": "none"}}, {"store": {"embedded": True}}):
        found = manifests(values)
        assert "Job" not in {one["kind"] for one in found}
        assert not any("initContainers" in pod["spec"] for _, pod in pods(found))


def test_arguments_and_settings_are_what_the_programs_take():
    """Every pod's command line and environment are parsed by the very program that will get them."""
    from collector.cli import ALIASES, COMMANDS
    from collector.settings import load
    from synthetic.command import arguments

    for values in PROFILES.values():
        for name, pod in pods(manifests(values)):
            first = pod["spec"]["containers"][0]
            assert ALIASES.get(first["args"][0], first["args"][0]) in COMMANDS, name
            env = {one["name"]: one.get("value", "from a Secret") for one in first.get("env", [])}
            load(env={key: value for key, value in env.items() if key != "SNAG_DSN"})
            if first["args"][0] == "journeys":
                parser = argparse.ArgumentParser(exit_on_error=False)
                arguments(parser, argparse.ArgumentParser(add_help=False))
                parser.parse_args(first["args"][1:])
