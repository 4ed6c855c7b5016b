"""What is installed is all that is needed: no Node, no checkout."""

import subprocess
import sys
import zipfile


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
        "collector/store/queries/apps.sql",
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
