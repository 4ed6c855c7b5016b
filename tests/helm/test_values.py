"""Every value is documented, typed, and has an effect."""

import itertools
import json
import re
from typing import Any

import helm_python as helm
import pytest
from jsonschema import Draft202012Validator

from helm.build import commented, generated
from tests.helm.chart import (
    CHART,
    DEFAULTS,
    EVERYTHING,
    Values,
    at,
    chart,
    files,
    get,
    leaves,
    merged,
)

SCHEMA = json.loads((CHART / "values.schema.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA)
PATHS = list(leaves(DEFAULTS))


def shape(path: tuple[str, ...]) -> dict[str, Any]:
    found = SCHEMA
    for key in path:
        found = resolved(found)
        found = found.get("properties", {}).get(key) or found["additionalProperties"]
    return resolved(found)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    return SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def refused(values: dict[str, Any]) -> bool:
    try:
        chart().validate_schema(values)
    except helm.HelmValuesError:
        return True
    return False


def test_what_is_written_is_fresh():
    for file, content in generated().items():
        assert file.read_text() == content, f"run `python -m tools.generate`: {file.name} is stale"


def test_every_value_is_documented():
    documented = {path for path, _, _ in commented((CHART / "values.yaml").read_text())}
    missing = {".".join(path) for path in PATHS} - documented
    assert {one for one in missing if not any(one.startswith(f"{path}.") for path in documented)} == set()


WRONG: list[Any] = [
    "a text, of all things!",
    7,
    -3.5,
    True,
    None,
    [],
    ["x"],
    {},
    {"no": "such"},
    [{"no": "such"}],
    [3],
]


SEVERAL_TYPES = {("collector", "podDisruptionBudget", "maxUnavailable"): (int, str)}


def wrong_values(path: tuple[str, ...]) -> list[Values]:
    """Return values with `path` set to each wrong type, and with an unknown key beside it."""
    right = SEVERAL_TYPES.get(path, type(get(DEFAULTS, path)))
    wrong = [
        value for value in WRONG if not isinstance(value, right) or (isinstance(value, bool) and right is not bool)
    ]
    unknown = (
        [] if path[0] == "global" else [at((*path[:-1], path[-1] + "Typo"), 1)]
    )  # other charts' globals are there too
    return [*(at(path, value) for value in wrong), *unknown]


@pytest.mark.parametrize("path", PATHS, ids=".".join)
def test_wrong_types_and_unknown_names_are_rejected(path):
    for values in wrong_values(path):
        assert not VALIDATOR.is_valid(merged(DEFAULTS, values)), values


@pytest.mark.long
@pytest.mark.parametrize("path", PATHS, ids=".".join)
def test_helm_rejects_what_the_schema_rejects(path):
    for values in wrong_values(path):
        assert refused(values), values


@pytest.mark.parametrize(
    "values",
    [
        {"collector": {"resources": {"limits": {"memory": ["x"]}}}},
        {"collector": {"resources": {"limit": {"memory": "1Gi"}}}},
        {"collector": {"tolerations": [{"effect": "NoScheduling"}]}},
        {"collector": {"affinity": {"podAntiAffinty": {}}}},
        {"collector": {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": []}}}},
        {"collector": {"extraEnv": [{"name": "A", "value": 3}]}},
        {"collector": {"extraEnv": {"A": "b"}}},
        {"collector": {"extraVolumes": [{"name": "a"}]}},
        {"collector": {"extraVolumeMounts": [{"name": "a", "mountPath": "relative"}]}},
        {"collector": {"persistence": {"size": "5 GB"}}},
        {"collector": {"nodeSelector": {"zone": 1}}},
        {"image": {"digest": "sha256:short"}},
        {"settings": {"keep_experience_days": "30"}},
        {"settings": {"time_zone": 2}},
        {"settings": {"private_port": 80}},
        {"settings": {"no_such": 1}},
        {"service": {"port": 70000}},
        {"networkPolicy": {"publicFrom": [{"ipBlock": {"cidr": "everywhere"}}]}},
        {"networkPolicy": {"publicFrom": [{}]}},
        {"networkPolicy": {"storePorts": ["https"]}},
        {"networkPolicy": {"deniedCidrs": ["everywhere"]}},
        {"collector": {"replicas": 0}},
        {"podSecurityContext": {"runAsUser": 0}},
        {"imagePullSecrets": [{"secret": "a"}]},
        {"collector": {"startupProbe": {"httpGet": {}}}},
        {"synthetic": {"locations": {"Not A Name": {}}}},
        {"synthetic": {"locations": {"a": {"shards": 0}}}},
        {"synthetic": {"schedule": "often"}},
        {"ingress": {"hosts": ["https://a.example"]}},
        {"monitoring": {"serviceMonitor": {"interval": "thirty"}}},
        {"extraManifests": [{"no": "kind"}]},
        {"nameOverride": "Not A Name"},
    ],
    ids=str,
)
def test_what_kubernetes_would_refuse_is_refused_at_once(values):
    assert refused(values)


def test_a_refusal_names_the_place_and_what_would_be_right():
    with pytest.raises(helm.HelmValuesError, match="at '/collector/replicas': got string, want integer"):
        files({"collector": {"replicas": "two"}})


SAMPLES: list[Any] = [
    "Unconfined", True, False, 3, 77, "other", "Always", "9Gi", "45s", "https://other.example", "init", "cronjob",
    "userns", "Delete", "NodePort", "/elsewhere", "2", "*/7 * * * *", "sha256:" + "0" * 64, "Other", ["other"],
    [3306], "Local", "OnDelete", "OrderedReady", "PreferDualStack", "socks5://other", "Europe/Berlin", "none",
    "volume", "monitoring", "None", ["IPv6"], {"type": "OnDelete"}, {"page": "critical"},
    {"nameservers": ["1.1.1.1"]}, {"periodSeconds": 9}, {"runAsUser": 12345},
    {"privileged": False, "runAsUser": 12345}, [{"ip": "10.0.0.1", "hostnames": ["other.example"]}],
    {"matchLabels": {"a": "b"}}, "other:1.0", ":s3:other", [{"targetLabel": "a", "replacement": "b"}],
    ["10.0.0.0/8"], ["ReadWriteMany"], ["other.example"], ["SnagSpoolOld"], {"other": "value"},
    {"limits": {"memory": "9Gi"}}, {"other.py": "1"}, {"nodeAffinity": {}}, [{"key": "a", "operator": "Exists"}],
    [{"name": "A", "value": "b"}], [{"secretRef": {"name": "a"}}], [{"name": "a", "emptyDir": {"sizeLimit": "1Mi"}}],
    [{"name": "a", "mountPath": "/a"}], [{"name": "a", "image": "b:1"}],
    [{"maxSkew": 2, "topologyKey": "rack", "whenUnsatisfiable": "DoNotSchedule"}],
    [{"secretName": "a", "hosts": ["a.example"]}], [{"name": "other"}],
    [{"podSelector": {"matchLabels": {"a": "b"}}}], [{"ports": [{"port": 99}]}], [{"name": "g", "rules": []}],
    [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}],
]  # fmt: skip


TURNED_ON = [
    EVERYTHING,
    merged(EVERYTHING, {"store": {"embedded": True}}),
    *(merged(EVERYTHING, {"collector": {scaler: {"enabled": True}}}) for scaler in ("autoscaling", "keda")),
    merged(EVERYTHING, {"collector": {"persistence": {"enabled": False}}}),
    merged(EVERYTHING, {"synthetic": {"sandbox": "userns"}}),
    merged(EVERYTHING, {"synthetic": {"mode": "cronjob"}}),
    merged(
        EVERYTHING,
        {
            "synthetic": {
                "artefacts": {"type": "objectStore", "objectStore": {"destination": ":s3:b", "existingSecret": "c"}}
            }
        },
    ),
    merged(EVERYTHING, {"monitoring": {"dashboards": {"grafanaOperator": {"enabled": True}}}}),
    {},
]
"""Where a value may make a difference."""


def fitting(path: tuple[str, ...]) -> list[Any]:
    """Samples that the schema takes there, other than the default."""
    check = Draft202012Validator({**shape(path), "$defs": SCHEMA["$defs"]})
    own = {
        "disabled": [["SnagSpoolOld"]],
        "settings": [{"workers": 3}],
        "locations": [{"frankfurt": {"shards": 3}}],
    }.get(path[-1], [])
    return [one for one in [*own, *SAMPLES] if check.is_valid(one)]


PASSWORD = re.compile(r"^  password: .*$", re.M)


def stable(texts: dict[str, str]) -> dict[str, str]:
    """Return the rendered texts without the random password of the pages."""
    return {path: PASSWORD.sub("", text) for path, text in texts.items()}


WITHOUT_EFFECT = {("enabled",), ("sessionsPerDay",)}
"""`enabled` is for charts that depend on this one, `sessionsPerDay` is only checked (test_render)."""


@pytest.mark.parametrize("path", [path for path in PATHS if path not in WITHOUT_EFFECT], ids=".".join)
def test_every_value_does_something(path):
    for values, sample in itertools.product(TURNED_ON, fitting(path)[:3]):
        changed = merged(values, at(path, sample))
        try:
            if changed != values and stable(files(values)) != stable(files(changed)):
                return
        except helm.HelmError:
            continue  # not to be had together
    pytest.fail(f"{'.'.join(path)} changes nothing")
