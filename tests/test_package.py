"""What is installed is all that is needed: no Node, no checkout."""

import hashlib
import os
import shutil
import site
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

PYTHON = (sys.executable, "-W", "ignore")

NEEDED = (
    "collector/static/agent.js",
    "collector/store/schema/migrations/0001_events.sql",
    "collector/store/queries/funnels/steps.sql",
    "collector/web/templates/report.html",
    "collector/demo/shop/templates/base.html",
    "collector/demo/journeys/checkout.py",
    "collector/static/dashboards/snag-support.json",
    "collector/docs/index.md",
    "collector/docs/openapi.json",
    "collector/py.typed",
    "synthetic/py.typed",
)


def built(kind: str, source: Path, folder: Path) -> Path:
    """A wheel or sdist of a source tree, made without Node and without anything from an index."""
    command = f"import os, hatchling.build as b; print(b.build_{kind}({str(folder)!r}))"
    folder.mkdir(exist_ok=True)
    made = subprocess.run(
        [*PYTHON, "-c", command], cwd=source, check=True, env={"PATH": ""}, capture_output=True, text=True
    )
    return folder / made.stdout.split()[-1]


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory):
    return built("wheel", root, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def unpacked(root, tmp_path_factory):
    """The source distribution, unpacked."""
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(built("sdist", root, folder)) as archive:
        archive.extractall(folder, filter="data")
    return next(path for path in folder.iterdir() if path.is_dir())


def test_a_wheel_holds_agent_queries_pages_and_docs_and_nothing_of_the_checkout(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert [name for name in NEEDED if name not in names] == []
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"collector", "synthetic"}


def test_a_wheel_is_the_same_bytes_wherever_it_is_built(wheel, unpacked, tmp_path):
    again = built("wheel", unpacked, tmp_path)
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(wheel.read_bytes()).digest()


def test_the_source_distribution_holds_what_tests_and_benchmarks_need(root, unpacked):
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("no git checkout")
    forge = (".github/", ".ci/", ".dockerignore", ".gitignore", ".pre-commit-config.yaml")
    missing = [
        name for name in listed.stdout.splitlines() if not name.startswith(forge) and not (unpacked / name).exists()
    ]
    assert [name for name in missing if (root / name).exists()] == []


def test_an_installed_wheel_works_outside_the_checkout(wheel, tmp_path):
    """Its dependencies are those of the tests' environment, which no index is asked for."""
    venv.create(tmp_path / "venv", symlinks=True)
    packages = next((tmp_path / "venv").glob("lib/python*/site-packages"))
    zipfile.ZipFile(wheel).extractall(packages)
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()))
    environment = {"PATH": os.environ["PATH"], "SNAG_DATA_DIR": str(tmp_path / "data"), "HOME": str(tmp_path)}

    def snag(*words: str) -> str:
        ran = subprocess.run(
            [tmp_path / "venv/bin/python", "-W", "ignore", "-m", "collector", *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    assert str(packages) in snag("docs").replace("\n", "")
    assert "agent.js" in snag("tag", "--url", "https://snag.example", "--app", "shop")
    assert snag("store", "migrate", "--dsn", f"chdb://{tmp_path}/store")


def test_every_import_is_declared_and_every_dependency_is_used(root):
    """On the next Python a package may no longer come along with another one."""
    deptry = shutil.which("deptry", path=f"{sys.prefix}/bin") or shutil.which("deptry")
    if deptry is None:
        pytest.skip("deptry is not installed")
    checked = subprocess.run([deptry, "."], cwd=root, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


HIDDEN = """
import importlib, pkgutil, sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("lz4", "backports"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Hidden())
import collector.commands as commands
from collector.store.sql_port import compression

names = [module.name for module in pkgutil.walk_packages(commands.__path__, f"{commands.__name__}.")]
for name in names:
    importlib.import_module(name)
assert not {"lz4", "backports"} & {name.partition(".")[0] for name in sys.modules}
assert compression.compressor("zstd, lz4, gzip").name == "gzip"
try:
    compression.decompressed(b"", "lz4", 1)
except ValueError as error:
    print(len(names), error)
"""


def test_every_command_starts_where_lz4_and_zstd_do_not_come_along(root):
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", HIDDEN], cwd=root, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    number, _, message = ran.stdout.partition(" ")
    assert int(number) > 30
    assert message.startswith("Content-Encoding lz4 is not known")
