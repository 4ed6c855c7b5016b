"""The images: what their files say is there, what they hold is pinned, and what they run, runs without rights."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "images").glob("*.Dockerfile"))
LOCKS = sorted((ROOT / "images").glob("*.txt"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_linter_finds_nothing(file):
    linter = shutil.which("hadolint") or Path(sys.executable).parent / "hadolint"
    done = subprocess.run([linter, file], capture_output=True, text=True)
    assert done.stdout + done.stderr == ""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_is_copied_is_there_and_reaches_the_build(file):
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    for line in file.read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source
                assert f"!{source.split('/')[0]}" in ignored, f"{source} is kept from the build"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_images_are_pinned_and_run_as_a_number_that_is_not_root(file):
    text = file.read_text()
    assert re.search(r"ARG BASE=\S+:\S+@sha256:[0-9a-f]{64}\n", text)
    assert set(re.findall(r"^FROM (\S+)", text, re.M)) <= {"${BASE}", "build", "base"}
    assert re.findall(r"^USER (\S+)", text, re.M) == ["10001:10001"]
    assert "ENTRYPOINT [" in text
    assert "HEALTHCHECK" not in text
    for installed in re.findall(r"pip install [^\n\\]+", text):
        assert "--require-hashes" in installed or "/wheels/" in installed


@pytest.mark.parametrize("file", LOCKS, ids=lambda file: file.stem)
def test_requirements_are_pinned_with_hashes_and_name_no_index(file):
    text = file.read_text()
    assert "://" not in text
    entries = re.findall(
        r"^([a-z0-9][a-z0-9._-]*)==\S+ \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.M
    )
    assert len(entries) == len(re.findall(r"^[a-z0-9]", text, re.M))


def test_every_dependency_is_in_the_locks():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    def names(wanted: list[str]) -> set[str]:
        return {re.split(r"[\[<>=;]", one)[0].strip().lower().replace(".", "-") for one in wanted} - {"snagwatch"}

    extras = project["optional-dependencies"]
    for lock, wanted in {
        "collector": [*project["dependencies"], *extras["country"]],
        "embedded": [*project["dependencies"], *extras["country"], *extras["embedded"]],
        "synthetic": [*project["dependencies"], *extras["synthetic"]],
    }.items():
        locked = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / f"images/{lock}.txt").read_text(), re.M))
        missing = names(wanted) - locked
        assert not missing, f"python -m images.lock: {lock} lacks {missing}"


@pytest.mark.long
@pytest.mark.parametrize("image", ["collector", "embedded", "synthetic"])
@pytest.mark.timeout(900)
def test_what_is_pinned_runs_without_rights(image):
    done = subprocess.run([sys.executable, "-m", "images.prove", image], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{image}: passed" in done.stdout
