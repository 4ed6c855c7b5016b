"""Test an image's contents where no image can be built: `python -m images.prove collector|embedded|synthetic`.

Creates a virtual environment from the pinned requirements, checks every hash, installs the project's wheel as the
Dockerfile does, makes it read-only, and runs the entry point as an unprivileged user with a private folder.
"""

from __future__ import annotations

import argparse
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
JOURNEY = """
from synthetic import journey, step


@journey("home")
async def home(page, run):
    async with step("open"):
        await page.goto("data:text/html,<title>up</title><h1>up</h1>")
"""


def run(*command: str | Path, **options: Any) -> str:
    """Run a command and return its output; exit with both of its streams if it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    output: str = done.stdout
    return output


def environment(image: str, folder: Path) -> Path:
    """Create the image's /opt/snagwatch in `folder`."""
    build, venv = folder / "build", folder / "opt"
    for made, locked in ((build, "build"), (venv, image)):
        run(sys.executable, "-m", "venv", "--copies", made)
        run(
            made / "bin/pip",
            "install",
            "-q",
            "--require-hashes",
            "--no-deps",
            "-r",
            ROOT / f"images/{locked}.txt",
        )
        print(f"{locked}: {len(list(made.glob('lib/*/site-packages/*.dist-info')))} packages, every hash as pinned")
    source = folder / "src"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "collector", "synthetic"):
        place = ROOT / name
        (shutil.copytree if place.is_dir() else shutil.copy)(place, source / name)
    run(
        build / "bin/pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        folder / "wheels",
        source,
    )
    run(venv / "bin/pip", "install", "-q", "--no-deps", *(folder / "wheels").glob("*.whl"))
    problems = subprocess.run([venv / "bin/pip", "check"], capture_output=True, text=True).stdout.splitlines()
    if missing := [line for line in problems if "requires" in line and "not installed" in line]:
        sys.exit("requirements are missing from the lock file:\n" + "\n".join(missing))
    run(venv / "bin/pip", "uninstall", "-q", "--yes", "pip", "setuptools")
    run("chmod", "-R", "a-w,a+rX", venv)
    return venv


def unprivileged(folder: Path) -> dict[str, Any]:
    """Return Popen options for a user who owns only `folder`; the current user where we are not root."""
    folder.mkdir(mode=0o700)
    if os.getuid() == 0:
        os.chown(folder, 10001, 10001)
        return {"user": 10001, "group": 10001, "extra_groups": []}
    print(f"not root: run as {pwd.getpwuid(os.getuid()).pw_name} instead of 10001")
    return {}


def serve(snag: Path, home: Path, who: dict[str, Any], embedded: bool) -> None:
    """Check that the collector accepts a beacon and, with the embedded engine, that it can be read."""
    env = {"PATH": f"{snag.parent}:/usr/bin:/bin", "HOME": str(home), "SNAG_DATA_DIR": str(home / "data")}
    env |= {"PYTHONDONTWRITEBYTECODE": "1", "SNAG_PUBLIC_PORT": "18800", "SNAG_PRIVATE_PORT": "18801"}
    if not embedded:
        env["SNAG_DSN"] = "clickhouse://snag@127.0.0.1:9/"  # no server: beacons are queued
    with (home / "log").open("w") as log:
        process = subprocess.Popen([snag, "serve"], env=env, stderr=log, cwd=home, **who)
    try:
        for _ in range(240):
            if process.poll() is not None:
                sys.exit((home / "log").read_text())
            try:
                with urllib.request.urlopen("http://127.0.0.1:18801/readyz", timeout=1):
                    break
            except OSError:
                time.sleep(0.25)
        private = [] if embedded else ["--private", "http://127.0.0.1:18801", "--wait-s", "2"]
        done = subprocess.run(
            [snag, "probe", "http://127.0.0.1:18800", *private],
            env=env,
            cwd=home,
            capture_output=True,
            text=True,
            **who,
        )
        print(done.stdout.strip() or done.stderr.strip())
        if done.returncode != (0 if embedded else 1):  # without a store the beacon is accepted and cannot be read yet
            sys.exit("the beacon was not accepted")
    finally:
        process.terminate()
        process.wait(30)


def journeys(snag: Path, home: Path, who: dict[str, Any]) -> None:
    """Run a journey in the machine's Chromium."""
    (home / "home.py").write_text(JOURNEY)
    env = {"PATH": f"{snag.parent}:/usr/bin:/bin", "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    env |= {"SNAG_CHROMIUM": os.environ["SNAG_CHROMIUM"]} if "SNAG_CHROMIUM" in os.environ else {}
    result = json.loads(run(snag, "journeys", "run", home / "home.py", "--json", env=env, cwd=home, **who))
    print(f"journey {result['journey']}: {result['status']}")
    if result["status"] != "passed":
        sys.exit(result["message"])


def main() -> None:
    """Test one image."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", choices=("collector", "embedded", "synthetic"))
    image = parser.parse_args().image
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        venv = environment(image, folder)
        size = sum(file.stat().st_size for file in venv.rglob("*") if file.is_file() and not file.is_symlink())
        print(f"/opt/snagwatch: {size / 2**20:,.0f} MiB")
        home = folder / "home"
        who = unprivileged(home)
        snag = venv / "bin/snag"
        print(run(snag, "--version", env={"PATH": "/usr/bin"}, cwd=home, **who).strip())
        if image == "synthetic":
            journeys(snag, home, who)
        else:
            serve(snag, home, who, image == "embedded")
        changed = [
            file for file in venv.rglob("*") if file.stat().st_mtime > snag.stat().st_mtime + 5 and file.is_file()
        ]
        if changed:
            sys.exit(f"files were written below /opt/snagwatch: {changed[:3]}")
        print(f"{image}: passed")


if __name__ == "__main__":
    main()
