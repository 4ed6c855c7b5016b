"""The chart, rendered by the real Helm; several ways to ask for it, and what its pods are."""

import copy
import functools
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import helm_python as helm
import yaml

Manifest = dict[str, Any]
Values = dict[str, Any]

ROOT = Path(__file__).parents[2]
CHART = ROOT / "helm" / "snagwatch"
DEFAULTS: Values = yaml.safe_load((CHART / "values.yaml").read_text())
CI = {file.stem: yaml.safe_load(file.read_text()) for file in sorted((CHART / "ci").glob("*.yaml"))}

JOURNEYS = {"files": {"home.py": "print()\n"}}
EVERYTHING: Values = {
    "ingress": {"enabled": True, "hosts": ["a.example"]},
    "contacts": {"requesterKeysSecret": "keys", "ingress": {"enabled": True, "hosts": ["b.example"]}},
    "httpRoute": {"enabled": True, "parentRefs": [{"name": "gateway"}]},
    "networkPolicy": {"contactsFrom": [{"podSelector": {}}]},
    "synthetic": {"enabled": True, "journeys": JOURNEYS, "existingSecret": "words"},
    "monitoring": {
        name: {"enabled": True} for name in ("serviceMonitor", "podMonitor", "prometheusRule", "dashboards")
    },
    "pages": {"existingSecret": "words"},
    "sql": {"existingSecret": "passwords"},
    "files": {"apps.toml": "[shop]\n", "sources.toml": "", "journeys.yaml": "", "notify.toml": ""},
    "otlp": {"endpoint": "http://otel:4318"},
}
PROFILES: dict[str, Values] = {"default": {}, **CI, "everything": EVERYTHING}


@functools.cache
def chart() -> helm.Chart:
    return helm.Chart.load(str(CHART))


def files(values: Values, *, name: str = "rel", namespace: str = "shop") -> dict[str, str]:
    """What Helm writes, by template."""
    return chart().render(values, name=name, namespace=namespace)


def manifests(values: Values, *, name: str = "rel", namespace: str = "shop") -> list[Manifest]:
    """Every object, hooks and tests among them."""
    return [
        one
        for path, text in sorted(files(values, name=name, namespace=namespace).items())
        if not path.endswith("NOTES.txt")
        for one in yaml.load_all(text, Loader=yaml.CSafeLoader)
        if one
    ]


def notes(values: Values) -> str:
    return next(text for path, text in files(values).items() if path.endswith("NOTES.txt"))


def only(found: list[Manifest], kind: str, name: str = "") -> Manifest:
    (one,) = [m for m in found if m["kind"] == kind and m["metadata"]["name"].endswith(name)]
    return one


def pods(found: list[Manifest]) -> Iterator[tuple[str, Manifest]]:
    """Every pod that is made: a name to say, and its template with metadata and spec."""
    for one in found:
        label = f"{one['kind']}/{one['metadata']['name']}"
        if one["kind"] == "Pod":
            yield label, one
        elif one["kind"] == "CronJob":
            yield label, one["spec"]["jobTemplate"]["spec"]["template"]
        elif one["kind"] in ("Deployment", "StatefulSet", "DaemonSet", "Job"):
            yield label, one["spec"]["template"]


def containers(pod: Manifest) -> list[Manifest]:
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


def merged(*all_values: Values) -> Values:
    """Values over values, as Helm puts them together."""
    result: Values = {}
    for values in all_values:
        _into(result, copy.deepcopy(values))
    return result


def _into(target: Values, source: Values) -> None:
    for key, value in source.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            _into(target[key], value)
        else:
            target[key] = value


def at(path: tuple[str, ...], value: Any) -> Values:
    """Values with one of them set."""
    for key in reversed(path):
        value = {key: value}
    return value


def get(values: Values, path: tuple[str, ...]) -> Any:
    return functools.reduce(lambda found, key: found[key], path, values)


def leaves(values: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where a value stands that has nothing below it."""
    if isinstance(values, dict) and values and path[-1:] != ("resources",) and path[-1:] != ("resourcesEmbedded",):
        for key, below in values.items():
            yield from leaves(below, (*path, key))
    else:
        yield path


def switches() -> list[tuple[str, ...]]:
    return [path for path in leaves(DEFAULTS) if isinstance(get(DEFAULTS, path), bool)]


CANNOT_BE = {
    ("default", "ingress.enabled"), ("default", "httpRoute.enabled"), ("default", "contacts.ingress.enabled"),
    ("default", "synthetic.enabled"),
}  # fmt: skip
"""Switches that need something beside them, and say what."""


def renderings() -> Iterator[tuple[str, Values]]:
    """Each profile, and each switch turned the other way in the profiles that can be rendered so."""
    yield from PROFILES.items()
    for path, (profile, values) in itertools.product(switches(), [("default", {}), ("everything", EVERYTHING)]):
        turned = merged(values, at(path, not get(merged(DEFAULTS, values), path)))
        try:
            files(turned)
        except helm.HelmRenderError:
            assert (profile, ".".join(path)) in CANNOT_BE
            continue
        yield f"{profile}-{'.'.join(path)}", turned
