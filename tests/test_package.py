"""What is installed is all that is needed: no Node, no checkout."""

import shutil
import subprocess
import sys
import zipfile

import pytest


def test_a_wheel_holds_agent_queries_and_pages_and_needs_no_node(root, tmp_path):
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        str(root),
        "--no-deps",
        "--no-build-isolation",
        "-q",
        "-w",
        str(tmp_path),
    ]
    subprocess.run(build, check=True, env={"PATH": ""})
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for needed in (
        "collector/static/agent.js",
        "collector/store/schema/migrations/0001_events.sql",
        "collector/store/queries/funnels/steps.sql",
        "collector/web/templates/report.html",
        "collector/demo/shop/templates/base.html",
        "collector/demo/journeys/checkout.py",
        "collector/static/dashboards/snag-support.json",
        "collector/py.typed",
        "synthetic/py.typed",
    ):
        assert needed in names
    assert not [
        name for name in names if name.split("/")[0] not in ("collector", "synthetic") and ".dist-info" not in name
    ]


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
