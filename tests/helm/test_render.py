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
    "ScaledObject": ("cloudcoil.models.keda.v1alpha1", "ScaledObject"),
}


def test_the_linter_finds_nothing():
    for values in PROFILES.values():
        found = helm.lint(str(CHART), values, strict=True)
        assert found["errors"] == []
        assert {one["error"] for one in found["messages"]} <= {"icon is recommended"}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("profile", PROFILES)
def test_profiles_are_strictly_valid(profile, version):
    for one in manifests(PROFILES[profile]):
        if one["kind"] not in CUSTOM and one["kind"] != "HTTPRoute":
            kubernetes_validate.validate(one, version, strict=True)


@pytest.mark.long
@pytest.mark.parametrize("name", flipped())
def test_every_switch_renders_validly(name):
    for manifest in manifests(flipped()[name]):
        if manifest["kind"] not in CUSTOM and manifest["kind"] != "HTTPRoute":
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
            assert again.render(values, name="rel", namespace="shop") == files(values)


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


def test_replicas_are_left_to_whoever_scales():
    assert only(manifests({}), "StatefulSet")["spec"]["replicas"] == 2
    for scaler in ("autoscaling", "keda"):
        assert "replicas" not in only(manifests({"collector": {scaler: {"enabled": True}}}), "StatefulSet")["spec"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"collector": {"autoscaling": {"enabled": True}, "keda": {"enabled": True}}}, "enable one of them"),
        ({"store": {"embedded": True}, "collector": {"keda": {"enabled": True}}}, "cannot be scaled"),
        ({"store": {"embedded": True}, "collector": {"persistence": {"enabled": False}}}, "must be true"),
        ({"store": {"existingSecret": ""}}, "names the Secret with the DSN"),
        ({"files": {"sources.toml": ""}}, "requesterKeysSecret"),
        ({"files": {"a": ""}, "filesConfigMap": "b"}, "give one of them"),
        ({"synthetic": {"enabled": True}}, "give synthetic.journeys.files"),
        ({"ingress": {"enabled": True}}, "needs ingress.hosts"),
        ({"httpRoute": {"enabled": True}}, "needs httpRoute.parentRefs"),
        ({"contacts": {"ingress": {"enabled": True, "hosts": ["a.b"]}}}, "needs networkPolicy.contactsFrom"),
    ],
)
def test_what_cannot_work_together_is_said(values, said):
    with pytest.raises(helm.HelmRenderError, match=re.escape(said)):
        files(values)


def test_what_could_lose_data_or_stand_open_is_said_loudly():
    assert "!!" not in notes({})
    assert "is lost" in notes({"collector": {"persistence": {"enabled": False}}})
    assert "is lost" in notes({"collector": {"persistence": {"whenScaled": "Delete"}}})
    assert "has no login" in notes({"networkPolicy": {"enabled": False}})


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
    from collector.cli import COMMANDS
    from collector.settings import load
    from synthetic.command import arguments

    for values in PROFILES.values():
        for name, pod in pods(manifests(values)):
            first = pod["spec"]["containers"][0]
            assert first["args"][0] in COMMANDS, name
            env = {one["name"]: one.get("value", "from a Secret") for one in first.get("env", [])}
            load(env={key: value for key, value in env.items() if key != "SNAG_DSN"})
            if first["args"][0] == "journeys":
                parser = argparse.ArgumentParser(exit_on_error=False)
                arguments(parser, argparse.ArgumentParser(add_help=False))
                parser.parse_args(first["args"][1:])
