"""Generated files are what their generators write, and say so."""

import fnmatch
import subprocess

from tools import generate


def test_no_generated_file_is_stale():
    assert generate.stale(generate.generated()) == [], "run `python -m tools.generate`"


def test_a_stale_file_is_named_and_fails_the_check(monkeypatch, capsys):
    monkeypatch.setitem(generate.FILES, "docs/capacity.md", lambda: "other")
    assert generate.main(["--check"]) == 1
    assert capsys.readouterr().out == "stale: docs/capacity.md\n"


def test_each_generated_file_names_its_generator_in_its_first_lines(root):
    for path in generate.generated():
        head = "".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:3])
        assert "python -m tools.generate" in head, path


def test_each_generated_file_is_marked_for_git(root):
    paths = [str(path.relative_to(generate.ROOT)) for path in generate.generated()]
    answer = subprocess.run(
        ["git", "check-attr", "linguist-generated", *paths], cwd=root, capture_output=True, text=True, check=False
    )
    if answer.returncode:  # no repository: an unpacked archive
        patterns = [
            line.split()[0] for line in (root / ".gitattributes").read_text(encoding="utf-8").splitlines() if line
        ]
        assert all(any(fnmatch.fnmatch(path, pattern) for pattern in patterns) for path in paths)
        return
    unmarked = [line for line in answer.stdout.splitlines() if not line.endswith(": set")]
    assert unmarked == []
