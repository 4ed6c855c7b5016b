"""The servers that are measured, each on one core: how each is started, and what it has to be sent."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
SERVER_CORE = "0"


class Server(NamedTuple):
    """One server: its command, with PORT and FOLDER filled in, and where it takes a body."""

    name: str
    command: Callable[[int, Path], list[str]]
    path: str = "/v1/beacons"
    body: str = "json"
    """json, or otlp for the same events as OTLP JSON."""
    env: Callable[[int, Path], dict[str, str]] = lambda port, folder: {}


def _snag(port: int, folder: Path) -> dict[str, str]:
    return {
        "SNAG_DATA_DIR": str(folder),
        "SNAG_PUBLIC_PORT": str(port),
        "SNAG_PRIVATE_PORT": str(free_port()),
        "SNAG_LOG_LEVEL": "WARNING",
        "SNAG_SPOOL_MAX_MB": "4096",
    }


def _nginx(port: int, folder: Path) -> list[str]:
    config = folder / "nginx.conf"
    config.write_text(
        f"""worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 1024; }}
http {{
  log_format body escape=none '$time_iso8601 $request_body'; client_body_buffer_size 64k;
  access_log {folder}/bodies.log body buffer=64k flush=1s; keepalive_requests 100000000;
  server {{ listen 127.0.0.1:{port};
    location = /v1/beacons {{ proxy_pass http://127.0.0.1:{port}/taken; proxy_http_version 1.1; }}
    location = /taken {{ access_log off; return 204; }} }}
}}"""
    )
    return ["nginx", "-c", str(config), "-p", str(folder)]


def rotel() -> str | None:
    """The binary of the rotel package, if it is installed."""
    import importlib.util

    spec = importlib.util.find_spec("rotel")
    found = Path(spec.origin).parent / "rotel-agent" if spec and spec.origin else None
    return str(found) if found and found.exists() else None


def servers() -> list[Server]:
    """Ours first; those that are not installed here are left out."""
    python = sys.executable
    found = [
        Server("snag, front", lambda port, folder: [python, str(HERE / "front.py"), str(port), str(folder)]),
        Server("aiohttp, bare", lambda port, folder: [python, str(HERE / "bare.py"), str(port)]),
    ]
    if shutil.which("nginx"):
        found.append(Server("nginx, body to log", _nginx))
    if shutil.which("node"):
        found.append(Server("node, JSON.parse", lambda port, folder: ["node", str(HERE / "bare.js"), str(port)]))
    if binary := rotel():
        found.append(
            Server(
                "rotel, OTLP JSON",
                lambda port, folder: [
                    binary,
                    "start",
                    "--otlp-http-endpoint",
                    f"127.0.0.1:{port}",
                    "--otlp-grpc-endpoint",
                    f"127.0.0.1:{free_port()}",
                    "--exporter",
                    "blackhole",
                ],
                path="/v1/logs",
                body="otlp",
            )
        )
    return found


WHOLE = Server("snag, whole path", lambda port, folder: [sys.executable, "-m", "collector", "serve"], env=_snag)


@contextmanager
def running(server: Server, folder: Path, cores: str = SERVER_CORE) -> Iterator[tuple[int, int]]:
    """The server on its core; gives its process and port."""
    port = free_port()
    folder.mkdir(parents=True)
    process = subprocess.Popen(
        ["taskset", "-c", cores, *server.command(port, folder)],
        env={**os.environ, **server.env(port, folder)},
        stdout=subprocess.DEVNULL,
        stderr=(folder / "stderr").open("w"),
    )
    try:
        _wait(port, process, folder)
        yield process.pid, port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def cpu_s(pid: int) -> float:
    """CPU-seconds of a process, its threads and its children until now."""
    total = 0.0
    for one in [pid, *_children(pid)]:
        try:
            words = Path(f"/proc/{one}/stat").read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        total += (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    return total


def rss_mib(pid: int) -> float:
    """Resident memory of a process without its children."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [one for child in map(int, listed) for one in (child, *_children(child))]


def _wait(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(0.5)
                return
        time.sleep(0.05)
    raise SystemExit(f"{process.args} did not begin: {(folder / 'stderr').read_text()[-2000:]}")
