"""What the parts of a demo share: its settings, its clock, what was seen; and how they run a command as a user would."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from collector.demo import world
from collector.demo.clock import ShiftedClock
from collector.demo.recording import Visit
from collector.demo.scenarios import Scenario
from collector.demo.shop import Faults
from collector.demo.words import Telling
from collector.settings import Settings


@dataclass(slots=True)
class Demo:
    """One demo: where it keeps its things, when it plays, what was seen."""

    scenario: Scenario
    folder: Path
    chromium: str
    seed: int
    telling: Telling
    clock: ShiftedClock = field(default_factory=ShiftedClock)
    faults: Faults = field(default_factory=Faults)
    end: int = 0
    """When the incident ends, which is now; a whole step, seconds since 1970."""
    time_zone: str = ""
    settings: Settings = field(default_factory=Settings)
    shop_url: str = ""
    past: world.Visits | None = None
    seen: list[Visit] = field(default_factory=list)
    replays: list[float] = field(default_factory=list)
    """When the replayed visitors came."""

    @property
    def incident(self) -> tuple[float, float]:
        """Begin and end of what the scenario does."""
        return self.end - world.INCIDENT_STEPS * world.STEP_S, self.end

    @property
    def collector_url(self) -> str:
        """Where beacons go."""
        return f"http://127.0.0.1:{self.settings.public_port}"


async def snag(demo: Demo, *args: str, env: dict[str, str] | None = None) -> tuple[int, str]:
    """Run a command as a user beside the collector would."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("SNAG_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "collector",
        *args,
        env={**clean, "SNAG_DATA_DIR": demo.settings.data_dir, **(env or {})},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode or 0, (out if process.returncode in (0, 1) else out + err).decode(errors="replace")
