"""Flag over environment over file over default; a typo never passes."""

import re
from dataclasses import fields

import pytest

from collector.settings import BadSetting, Settings, load


def test_a_flag_beats_the_environment_beats_the_file_beats_the_default(tmp_path):
    file = tmp_path / "snag.toml"
    file.write_text("public_port = 1\nprivate_port = 1\nspool_max_mb = 1\n")
    env = {"SNAG_CONFIG": str(file), "SNAG_PUBLIC_PORT": "2", "SNAG_PRIVATE_PORT": "2", "HOME": "/"}
    found = load({"public_port": "3", "dsn": None}, env)
    assert (found.public_port, found.private_port, found.spool_max_mb, found.drain_s) == (3, 2, 1, 10)


@pytest.mark.parametrize(
    ("env", "message"),
    [
        (
            {"SNAG_PUBLIC_PROT": "1"},
            "unknown setting SNAG_PUBLIC_PROT in the environment; did you mean SNAG_PUBLIC_PORT?",
        ),
        ({"SNAG_PUBLIC_PORT": "abc"}, "SNAG_PUBLIC_PORT: 'abc' is not a valid whole number"),
        ({"SNAG_PUBLIC_PORT": "-1"}, "SNAG_PUBLIC_PORT: -1 is out of range; expected 0 to 65535"),
        ({"SNAG_PUBLIC_PORT": "70000"}, "SNAG_PUBLIC_PORT: 70000 is out of range; expected 0 to 65535"),
        (
            {"SNAG_CONFIG": "/nowhere.toml"},
            "SNAG_CONFIG: cannot read /nowhere.toml: No such file or directory",
        ),
    ],
)
def test_a_bad_setting_is_named_with_what_was_expected(env, message):
    with pytest.raises(BadSetting) as error:
        load(env=env)
    assert str(error.value) == message


def test_an_unknown_name_without_a_likeness_lists_all():
    with pytest.raises(BadSetting, match="in the environment; settings are SNAG_DATA_DIR, SNAG_DSN,"):
        load(env={"SNAG_ZZZ": "1"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("public_prot = 1", "unknown setting public_prot in {file}; did you mean public_port?"),
        ("public_port = 'x'", "public_port in {file}: 'x' is not a valid whole number"),
        ("public_port = true", "public_port in {file}: 'True' is not a valid whole number"),
        ("dsn = 1", "dsn in {file}: 1 is not text; expected it in quotes"),
        ("public_port", "{file} is not valid TOML: "),
    ],
)
def test_a_bad_file_is_named(tmp_path, text, message):
    file = tmp_path / "snag.toml"
    file.write_text(text)
    with pytest.raises(BadSetting, match=re.escape(message.format(file=file))):
        load(env={"SNAG_CONFIG": str(file)})


def test_store_and_queue_lie_in_the_data_folder_unless_told_otherwise():
    assert Settings(data_dir="/d").store_dsn == "chdb:///d/store"
    assert str(Settings(data_dir="/d").spool_path) == "/d/spool"
    assert Settings(data_dir="/d", dsn="chdb:///e", spool_dir="/f").store_dsn == "chdb:///e"
    assert str(Settings(data_dir="/d", spool_dir="/f").spool_path) == "/f"


def test_every_setting_says_what_it_is_for():
    assert all(len(f.metadata["help"]) > 10 for f in fields(Settings))


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        (
            "SNAG_TIME_ZONE",
            "Berlin",
            "SNAG_TIME_ZONE: 'Berlin' is not a time zone; expected an IANA name",
        ),
        ("SNAG_TIME_ZONE", "../../etc/passwd", "is not a time zone"),
        ("SNAG_DSN", "clickhose://u:hush@h/", "SNAG_DSN: 'clickhose' is not a kind of store; expected chdb:///path"),
        ("SNAG_DSN", "clickhouse://", "SNAG_DSN: clickhouse:// without a host"),
        ("SNAG_DSN", "clickhouse://u:hush@h:port/", "SNAG_DSN: not a valid address, or its port is not a number"),
        ("SNAG_DSN", "clickhouse://u:hush", "SNAG_DSN: not a valid address, or its port is not a number"),
        (
            "SNAG_DSN",
            "clickhouses://u:hush@h/?verify=0",
            "SNAG_DSN: unknown option 'verify'; expected cluster, or none",
        ),
    ],
)
def test_what_can_never_work_is_said_at_the_start(setting, value, message):
    with pytest.raises(BadSetting, match=re.escape(message)) as error:
        load(env={setting: value})
    assert "hush" not in str(error.value), "a password is never shown"


@pytest.mark.parametrize(
    "dsn", ["", "chdb:///srv/store", "clickhouse://snag@db:8123/?cluster=main", "clickhouses://snag:x@db.example/"]
)
def test_an_address_that_can_work_is_taken(dsn):
    assert load(env={"SNAG_DSN": dsn}).dsn == dsn
