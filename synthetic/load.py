"""Finds journeys in files: any .py file that registers some with `@journey`."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path

from synthetic.journey import REGISTERED, Definition


class BadJourneys(Exception):
    """A file that cannot be used; says which and why."""


def load(paths: Iterable[Path]) -> list[Definition]:
    """The journeys of `paths`, files or folders, in order of definition. Raises BadJourneys."""
    before = set(REGISTERED)
    for path in paths:
        if not path.exists():
            raise BadJourneys(
                f"{path} does not exist; right would be a .py file with @journey in it, or a folder of them"
            )
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            _import(file)
    found = [definition for name, definition in REGISTERED.items() if name not in before]
    if not found:
        raise BadJourneys('no journeys found: a journey is a coroutine function under @journey("name")')
    return found


def _import(file: Path) -> None:
    name = f"snag_journeys_{file.stem}_{abs(hash(file.resolve()))}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise BadJourneys(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise BadJourneys(f"{file} cannot be loaded: {type(error).__name__}: {error}") from error
