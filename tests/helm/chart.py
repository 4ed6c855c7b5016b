"""The chart, rendered by the real Helm: profiles of values, their manifests, and the pods in them."""

import copy
import functools
import json
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
    "service": {"type": "LoadBalancer"},
    "synthetic": {
        "enabled": True,
        "journeys": JOURNEYS,
        "existingSecret": "words",
        "artefacts": {"type": "volume", "url": "https://artefacts.example"},
    },
    "monitoring": {
        name: {"enabled": True}
        for name in ("serviceMonitor", "podMonitor", "prometheusRule", "alertmanagerConfig", "dashboards")
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
    """Return the rendered text of each template; equal values are rendered once."""
    return _files(json.dumps(values), name, namespace)


@functools.lru_cache(maxsize=64)
def _files(values: str, name: str, namespace: str) -> dict[str, str]:
    return chart().render(json.loads(values), name=name, namespace=namespace)


def manifests(values: Values, *, name: str = "rel", namespace: str = "shop") -> list[Manifest]:
    """Return every object, hooks and tests included. Parsed once for equal values: do not change them."""
    return _manifests(json.dumps(values), name, namespace)


@functools.lru_cache(maxsize=256)
def _manifests(values: str, name: str, namespace: str) -> list[Manifest]:
    return [
        manifest
        for path, text in sorted(_files(values, name, namespace).items())
        if not path.endswith("NOTES.txt")
        for manifest in yaml.load_all(text, Loader=yaml.CSafeLoader)
        if manifest
    ]


def notes(values: Values) -> str:
    return next(text for path, text in files(values).items() if path.endswith("NOTES.txt"))


def only(found: list[Manifest], kind: str, name: str = "") -> Manifest:
    (one,) = [m for m in found if m["kind"] == kind and m["metadata"]["name"].endswith(name)]
    return one


def pods(found: list[Manifest]) -> Iterator[tuple[str, Manifest]]:
    """Yield each pod template with the kind and name of the object that creates it."""
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
    """Merge values as Helm does; later ones win."""
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
    """Return values with only `path` set."""
    for key in reversed(path):
        value = {key: value}
    return value


def get(values: Values, path: tuple[str, ...]) -> Any:
    return functools.reduce(lambda found, key: found[key], path, values)


def leaves(values: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of each value that has nothing below it."""
    if isinstance(values, dict) and values and path[-1:] != ("resources",) and path[-1:] != ("resourcesEmbedded",):
        for key, below in values.items():
            yield from leaves(below, (*path, key))
    else:
        yield path


def switches() -> list[tuple[str, ...]]:
    return [path for path in leaves(DEFAULTS) if isinstance(get(DEFAULTS, path), bool)]


SWITCHABLE: dict[str, Values] = {"default": {}, "everything": EVERYTHING}
INCOMPLETE = {"ingress.enabled", "httpRoute.enabled", "contacts.ingress.enabled", "synthetic.enabled"}
"""Switches that the default profile cannot turn on alone: they need another value, and the chart names it."""


def flipped() -> dict[str, Values]:
    """Return, by name, the profiles of SWITCHABLE with one boolean value inverted each. Nothing is rendered."""
    return {
        f"{profile}-{'.'.join(path)}": merged(values, at(path, not get(merged(DEFAULTS, values), path)))
        for path in switches()
        for profile, values in SWITCHABLE.items()
        if not (profile == "default" and ".".join(path) in INCOMPLETE)
    }
