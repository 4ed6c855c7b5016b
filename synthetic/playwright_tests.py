"""Tests written for pytest-playwright, run as journeys as they are: `snag journeys run test_shop.py::test_checkout`.

pytest itself runs them, with the fixtures and the conftest.py that they know and a browser of their own; our plugin
rides along and says how it went.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from collector.times import duration_ms
from synthetic import processes
from synthetic.journey import REGISTERED, Definition
from synthetic.result import Result, monitors_own
from synthetic.target import Target

EVERY, TIMEOUT, SLOW = "5m", "60s", "2.5s"
"""As for a journey that says nothing of it; a step says its own `slow`."""


def tests_in(file: Path, name: str) -> list[str]:
    """Register the test `name` (`test_x` or `TestClass::test_x`) of `file`. Returns what is wrong, if anything is."""
    modules: list[ModuleType] = [
        m
        for key, m in sys.modules.items()
        if key.startswith("snag_journeys_") and getattr(m, "__file__", "") == str(file)
    ]
    if not modules:
        return []  # it could not be loaded, and that has been said
    known = {one.name for one in REGISTERED.values()} | {one.script.__name__ for one in REGISTERED.values()}
    if name in known:
        return []
    bare = name.partition("[")[0]
    found: Any = modules[-1]
    for part in bare.split("::"):
        found = getattr(found, part, None)
    if not callable(found) or not hasattr(found, "__code__"):
        return [f"{file} has no test and no journey called '{name}'"]
    REGISTERED[name] = Definition(
        name=name[:64],
        script=found,
        every_ms=duration_ms(EVERY),
        timeout_ms=duration_ms(TIMEOUT),
        slow_ms=duration_ms(SLOW),
        test=f"{file.resolve()}::{name}",
    )
    return []


async def run_test(definition: Definition, target: Target, chromium: str) -> Result:
    """Run it within its timeout; what pytest itself cannot do is the monitor's own fault."""
    with tempfile.TemporaryDirectory(prefix="snag-test-") as folder:
        results = Path(folder) / "results.ndjson"
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "synthetic.plugin",
            "-p",
            "no:cacheprovider",
            "--snag-results",
            str(results),
            "--snag-base-url",
            target.base_url,
            "--snag-app",
            target.app,
            definition.test,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, **({"SNAG_CHROMIUM": chromium} if chromium else {})},
        )
        try:
            async with asyncio.timeout(definition.timeout_ms / 1000 + 5):
                said, _ = await process.communicate()
        except TimeoutError:
            await asyncio.to_thread(processes.kill_tree, process.pid)
            await process.wait()
            return monitors_own(definition.name, "deadline", "pytest did not end in time and was killed", target)
        lines = results.read_bytes().splitlines() if results.exists() else []
    if not lines:
        tail = [line for line in said.decode(errors="replace").splitlines() if line.strip()][-3:]
        return monitors_own(
            definition.name, "journey.error", f"pytest gave no result: {' | '.join(tail)}"[:500], target
        )
    result = msgspec.json.decode(lines[-1], type=Result)
    result.journey, result.location = definition.name, target.location
    return result
