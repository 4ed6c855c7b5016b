"""A store that is killed in the middle of its work has all that it acknowledged, once."""

import subprocess
import sys

import pytest


@pytest.mark.long
def test_nothing_acknowledged_is_missing_or_doubled_after_kills(root):
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.store_kill", "--times", "8"],
        cwd=root,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert ": 0 batches missing, 0 doubled" in done.stdout
