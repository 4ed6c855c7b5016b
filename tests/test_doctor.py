"""What the doctor says of a machine."""

import json
from importlib.metadata import PackageNotFoundError

from collector.cli import main
from collector.commands import doctor


def test_the_doctor_says_what_is_in_use_and_makes_nothing(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("SNAG_DATA_DIR", str(tmp_path / "data"))
    code = main(["doctor", "--json"])
    found = {finding["what"]: finding for finding in json.loads(capsys.readouterr().out)}
    assert code == 0
    assert "Chromium" in found["browser"]["is"]
    assert found["store"]["is"].endswith("/data/store, does not exist yet; `snag serve` creates it")
    assert not (tmp_path / "data").exists()


def test_what_is_missing_is_named_and_fails(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("SNAG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SNAG_CHROMIUM", "/nowhere/chromium")
    assert main(["doctor", "--json"]) == 1
    bad = [finding for finding in json.loads(capsys.readouterr().out) if not finding["good"]]
    assert [(finding["what"], "which is not a program" in finding["is"]) for finding in bad] == [("browser", True)]


def test_a_runner_without_the_embedded_store_is_well(tmp_path, capsys, monkeypatch):
    def version(name):
        if name in ("chdb", "plotly"):
            raise PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr(doctor, "version", version)
    monkeypatch.setattr(doctor, "_store", lambda settings: doctor.Finding("store", True, "a server"))
    for dsn, code in (("clickhouse://db.example/snag", 0), (f"chdb://{tmp_path}/store", 1)):
        assert main(["doctor", "--json", "--dsn", dsn]) == code
        found = {finding["what"]: finding for finding in json.loads(capsys.readouterr().out)}
        assert "pip install 'snagwatch[embedded]'" in found["chdb"]["is"]
        assert not found["plotly"]["needed"]
