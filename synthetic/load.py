"""Finds journeys in files: any .py file that registers some with `@journey`. One bad file does not hold up the others."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from collector.errors import Failed
from synthetic.journey import LOADING, REGISTERED, Definition


class BadJourneys(Exception):
    """There is nothing to run; says what was looked at and why it cannot be used."""


class Loaded(NamedTuple):
    """The journeys in order of definition, and what could not be used, in words."""

    definitions: list[Definition]
    problems: list[str]


def load(paths: Iterable[Path | str]) -> Loaded:
    """The journeys of `paths`: files, folders, or `file.py::name` for one of a file's tests or journeys."""
    from synthetic.playwright_tests import tests_in

    before = set(REGISTERED)
    problems: list[str] = []
    wanted: dict[str, set[str]] = {}
    LOADING.append(problems)
    try:
        for path in paths:
            given, _, name = str(path).partition("::")
            file = Path(given)
            if not file.exists():
                problems.append(f"{given} does not exist; expected a .py file with @journey in it, or a folder of them")
                continue
            if name:
                wanted.setdefault(str(file.resolve()), set()).add(name)
            for one in _files_below(file) if file.is_dir() else [file]:
                if one.name != "conftest.py" and "__pycache__" not in one.parts:
                    problems += _import(one)
                    if name:
                        problems += tests_in(one, name)
    finally:
        LOADING.pop()
    found = [definition for name, definition in REGISTERED.items() if name not in before]
    return Loaded([one for one in found if _is_wanted(one, wanted)], list(dict.fromkeys(problems)))


NO_JOURNEYS = frozenset({"node_modules", "venv", "env", "site-packages", "build", "dist", "__pycache__"})
"""Folders, beside those with a dot, whose files belong to somebody else."""


def _files_below(folder: Path) -> list[Path]:
    """The Python files of a folder, without those of environments and packages, and without setup.py."""
    found = []
    for file in sorted(folder.rglob("*.py")):
        parts = file.relative_to(folder).parts
        if file.name != "setup.py" and not any(part.startswith(".") or part in NO_JOURNEYS for part in parts[:-1]):
            found.append(file)
    return found


def _is_wanted(definition: Definition, wanted: dict[str, set[str]]) -> bool:
    if definition.test:
        return True
    names = wanted.get(str(Path(definition.script.__code__.co_filename).resolve()))
    return names is None or definition.name in names or definition.script.__name__ in names


def _import(file: Path) -> list[str]:
    """Returns what is wrong with it."""
    name = f"snag_journeys_{file.stem}_{abs(hash(file.resolve()))}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        return [f"{file} is no Python file"]
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    folder = str(file.resolve().parent)
    if folder not in sys.path:  # a journey may import page objects that lie beside it
        sys.path.append(folder)
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # stdout belongs to results
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        frames = [one for one in traceback.extract_tb(error.__traceback__) if one.filename == str(file)]
        line = f", line {frames[-1].lineno}" if frames else ""
        return [f"{file} cannot be loaded: {type(error).__name__}: {error}{line}"]
    return []


def report_problems(problems: list[str], any_journeys: bool) -> int:
    """Print what could not be used and return the exit code, 2 if there is a problem. Raises Failed without journeys."""
    if not any_journeys:
        none = 'no journeys found: a journey is a coroutine function under @journey("name")'
        raise Failed("\nsnag: ".join(problems or [none]))
    for problem in problems:
        print(f"snag: {problem}", file=sys.stderr)
    return 2 if problems else 0
