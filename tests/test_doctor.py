"""What the doctor says of a machine."""

import json

from collector.cli import main


def test_the_doctor_says_what_is_in_use_and_makes_nothing(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("SNAG_DATA_DIR", str(tmp_path / "data"))
    code = main(["doctor", "--json"])
    found = {finding["what"]: finding for finding in json.loads(capsys.readouterr().out)}
    assert code == 0
    assert "Chromium" in found["browser"]["is"]
    assert found["store"]["is"].endswith("/data/store, not made yet: `snag serve` makes it")
    assert not (tmp_path / "data").exists()


def test_what_is_missing_is_named_and_fails(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("SNAG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SNAG_CHROMIUM", "/nowhere/chromium")
    assert main(["doctor", "--json"]) == 1
    bad = [finding for finding in json.loads(capsys.readouterr().out) if not finding["good"]]
    assert [(finding["what"], "which is no program" in finding["is"]) for finding in bad] == [("browser", True)]
