"""What contacts cost: `python -m benchmarks.contacts [--rows N] [--turns N]`.

Imports a CSV of a million contacts with the command as anybody runs it, in a process of its own, and prints CPU-seconds of
all its threads and its highest memory; the same once more without a store, which tells what is the reading's and what the
engine's. Then four versions of 250,000 contacts are queried as the correlation does.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from collector.store import Contact, Store
from collector.store.queries import grids as grid_queries

START = datetime(2026, 1, 1, tzinfo=UTC)
CHANNELS = ("phone", "Live Chat", "email", "web", "WhatsApp")
REASONS = ("checkout.payment", "delivery", "login_access", "billing", "")
STATUSES = ("open", "solved", "closed", "pending")

READING = """
import sys
from collector.contacts.contract import FIELDS, REQUIRED, Door, contact
from collector.contacts.mapping import Mapped
from collector.contacts.people import People
from collector.contacts.table import csv_records, rows
from collector.privacy.keys import load_keys
people = People(load_keys(sys.argv[2]))
door = Door("bench", 1_800_000_000_000, key=lambda one: people.key("bench", one))
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    n = sum(1 for _ in rows(csv_records(file, Mapped(), FIELDS, REQUIRED), lambda one: contact(one, door)))
assert n == int(sys.argv[3])
"""


def write(path: Path, n: int) -> None:
    """A file as a help desk exports it: ids, times, channel, reason, status, queue, requester; and a name nobody reads."""
    dice = random.Random(8)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(
            [
                "source_contact_id",
                "created_ts",
                "updated_ts",
                "channel",
                "contact_reason",
                "status",
                "queue",
                "requester_id",
                "customer_name",
            ]
        )
        for i in range(n):
            made = START + timedelta(seconds=dice.randrange(300 * 86_400))
            out.writerow(
                [
                    f"T-{i:07d}",
                    made.isoformat(),
                    (made + timedelta(minutes=dice.randrange(5000))).isoformat(),
                    dice.choice(CHANNELS),
                    dice.choice(REASONS),
                    dice.choice(STATUSES),
                    f"queue {dice.randrange(30)}",
                    f"c{dice.randrange(n // 3)}@example.org",
                    "Jane Doe",
                ]
            )


def measured(command: list[str], env: dict[str, str]) -> tuple[float, float]:
    """CPU-seconds and highest memory in MB of a process."""
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command} ended with {status}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def versions(folder: str, n: int, times: int) -> float:
    """CPU-seconds of the correlation's query over `times` versions of `n` contacts, median of five."""
    store = Store.open(f"chdb://{folder}/versions")
    store.migrate()
    for version in range(1, times + 1):
        for i in range(0, n, 50_000):
            made = [START + timedelta(seconds=j * 97 % (300 * 86_400) + version) for j in range(i, i + 50_000)]
            store.add_contacts(
                [Contact("bench", str(j), version, 0, at, CHANNELS[j % 5], "") for j, at in enumerate(made, i)]
            )
    costs = []
    for _ in range(5):
        began = time.process_time()
        found = grid_queries.contacts(store, start=START, end=START + timedelta(days=301), step=300)
        costs.append(time.process_time() - began)
    assert sum(row[3] for row in found) == n
    store.close()
    return sorted(costs)[2]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.contacts", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--turns", type=int, default=1)
    args = parser.parse_args()
    table = Table("what", "CPU-s", "highest memory, MB")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.csv"
        write(file, args.rows)
        clean = {key: value for key, value in os.environ.items() if not key.startswith("SNAG_")}
        for turn in range(args.turns):
            env = clean | {"SNAG_DATA_DIR": f"{folder}/data{turn}"}
            reading = [sys.executable, "-c", READING, str(file), f"{folder}/data{turn}", str(args.rows)]
            cpu, memory = measured(reading, env)
            table.add_row(f"reading {args.rows:,} rows, no store", f"{cpu:.1f}", f"{memory:.0f}")
            command = [
                sys.executable,
                "-m",
                "collector",
                "contacts",
                "import",
                str(file),
                "--source",
                "bench",
            ]
            cpu, memory = measured(command, env)
            table.add_row(f"snag contacts import, {args.rows:,} rows", f"{cpu:.1f}", f"{memory:.0f}")
            cpu, memory = measured(command, env)
            table.add_row("the same file again", f"{cpu:.1f}", f"{memory:.0f}")
        cost = versions(folder, 250_000, 4)
        table.add_row("250,000 contacts x 4 versions, by five minutes", f"{cost:.2f}", "")
    Console().print(table)
    print(f"this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB at most")


if __name__ == "__main__":
    main()
