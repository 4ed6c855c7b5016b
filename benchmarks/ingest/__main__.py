"""What a beacon costs, ours beside others. Run from the repository's root, on a quiet machine with two cores:

python -m benchmarks.ingest [--beacons 20000] [--turns 3] [--only fronts|whole|latency|workers]

Server and load generator (play.c, compiled on the spot: each beacon is sent once) have a core each.
CPU-seconds are those of all threads and processes of the server,
over the beacons that were answered 2xx; each figure is the median of the turns, and the servers take turns, so that
a noisy neighbour hits all of them. Trust the ratios, not the seconds. `snag, front` validates, queues and syncs before
its answer and throws sealed segments away; `whole` is the path into the embedded store until the queue is empty.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.ingest import corpus
from benchmarks.ingest.servers import HERE, WHOLE, Server, cpu_s, rss_mib, running, servers

LOAD_CORE = "1"
CONNECTIONS = 32

HEAD = (
    "POST {path} HTTP/1.1\r\nHost: collector.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36\r\nContent-Type: {type}\r\nAccept: */*\r\n"
    "Origin: https://shop.example\r\nReferer: https://shop.example/\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
    "Accept-Language: de-DE,de;q=0.9,en;q=0.8\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: cross-site\r\n"
    "Sec-Fetch-Dest: empty\r\nContent-Length: {length}\r\n\r\n"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--beacons", type=int, default=20_000, help="distinct beacons in a turn")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--only", choices=("fronts", "whole", "latency", "workers"))
    options = parser.parse_args()
    if not shutil.which("cc"):
        sys.exit("this needs a C compiler: apt-get install gcc")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(["cc", "-O2", "-o", folder / "play", HERE / "play.c"], check=True)
        if options.only in (None, "fronts"):
            fronts(folder, options.beacons, options.turns)
        if options.only in (None, "whole"):
            whole(folder, options.beacons)
        if options.only in (None, "latency"):
            latency(folder)
        if options.only in (None, "workers"):
            workers(folder, options.beacons)


def fronts(folder: Path, number: int, turns: int) -> None:
    """The table of servers."""
    print(f"{'CPU-s per 100k beacons':<24}{'small':>8}{'x ours':>8}{'large':>9}{'x ours':>8}{'RSS MiB':>9}")
    measured: dict[str, dict[str, list[float]]] = {}
    memory: dict[str, float] = {}
    for size in ("small", "large"):
        for turn in range(turns):
            given = corpus.beacons(number if size == "small" else number // 4, 6 if size == "small" else 30, turn)
            for server in servers():
                cost, rss = one_turn(
                    server, given, folder / f"{server.name.split()[0]}-{len(server.name)}-{size}-{turn}"
                )
                measured.setdefault(server.name, {}).setdefault(size, []).append(cost)
                memory[server.name] = rss
    ours: dict[str, float] = {}
    for name, by_size in measured.items():
        medians = {size: statistics.median(costs) for size, costs in by_size.items()}
        ours = ours or medians
        cells = "".join(f"{medians[s]:>8.1f}{ours[s] / medians[s]:>8.2f} " for s in ("small", "large"))
        print(f"{name:<24}{cells}{memory[name]:>8.0f}")


def one_turn(server: Server, given: list[dict], folder: Path) -> tuple[float, float]:
    """CPU-seconds per 100,000 beacons, and the memory of the process that answers."""
    with running(server, folder) as (pid, port):
        play(server, corpus.beacons(500, 6, 999), folder, port)  # warm
        before = cpu_s(pid)
        answered = play(server, given, folder, port).answered
        return (cpu_s(pid) - before) / answered * 100_000, rss_mib(pid)


def whole(folder: Path, number: int) -> None:
    """From the wire into the embedded store, one process, until nothing is queued."""
    print(f"\n{'CPU-s per million events':<24}{'':>8}  RSS MiB")
    for size in ("small", "large", "mixed"):
        given = (
            corpus.mixed(number // 2, 1)
            if size == "mixed"
            else corpus.beacons(number if size == "small" else number // 4, 6 if size == "small" else 30, 1)
        )
        at = folder / f"whole-{size}"
        with running(WHOLE, at) as (pid, port):
            play(WHOLE, corpus.beacons(500, 6, 999), at, port)
            _drained(at)
            before = cpu_s(pid)
            play(WHOLE, given, at, port)
            _drained(at)
            events = sum(len(one["events"]) for one in given)
            print(f"{size:<24}{(cpu_s(pid) - before) / events * 1e6:>8.1f}{rss_mib(pid):>9.0f}")


def latency(folder: Path) -> None:
    """Answer times at 200 beacons a second, the whole path."""
    at = folder / "latency"
    with running(WHOLE, at) as (_, port):
        play(WHOLE, corpus.beacons(500, 6, 999), at, port)
        took = play(WHOLE, corpus.beacons(4000, 6, 5), at, port, rate=200)
    print(f"\nanswers at 200 beacons/s: p50 {took.p50_ms:.1f} ms, p99 {took.p99_ms:.1f} ms")


def workers(folder: Path, number: int) -> None:
    """Beacons a second that one and two workers take, with as many connections as keep them busy.

    The generator shares the cores with two workers, which makes the second figure smaller than it would be."""
    rates = []
    for n in (1, 2):
        at = folder / f"workers-{n}"
        several = Server(
            f"{n} workers",
            WHOLE.command,
            env=lambda port, to, n=n: {**WHOLE.env(port, to), "SNAG_WORKERS": str(n)},
        )
        with running(several, at, cores="0" if n == 1 else "0,1") as (_, port):
            play(several, corpus.beacons(500, 6, 999), at, port)
            took = play(several, corpus.beacons(number, 6, 7), at, port, connections=256)
            rates.append(took.answered / took.seconds)
    print(f"\nbeacons/s with one worker {rates[0]:.0f}, with two {rates[1]:.0f}: {rates[1] / rates[0]:.2f} times")


class Played(NamedTuple):
    """How the requests were answered."""

    answered: int
    seconds: float
    p50_ms: float
    p99_ms: float


def play(
    server: Server,
    given: list[dict],
    folder: Path,
    port: int,
    *,
    rate: float = 0,
    connections: int = CONNECTIONS,
) -> Played:
    """Send each beacon once, at `rate` a second or as fast as they are answered."""
    requests = folder / "requests"
    bodies = corpus.otlp(given) if server.body == "otlp" else corpus.bodies(given)
    kind = "application/json" if server.body == "otlp" else "text/plain;charset=UTF-8"
    with requests.open("wb") as file:
        for body in bodies:
            one = HEAD.format(path=server.path, type=kind, length=len(body)).encode() + body
            file.write(b"%d\n%s" % (len(one), one))
    command = [
        "taskset",
        "-c",
        LOAD_CORE,
        folder.parent / "play",
        str(port),
        requests,
        str(connections),
        str(rate),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answered, refused, took, p50_ms, p99_ms = done.stdout.split()
    if int(refused):
        sys.exit(f"{server.name} refused {refused} beacons")
    return Played(int(answered), float(took), float(p50_ms), float(p99_ms))


def _drained(folder: Path) -> None:
    while any(part.stat().st_size for part in (folder / "spool").rglob("*-*.*")):
        time.sleep(0.1)


if __name__ == "__main__":
    main()
