"""Contacts from a CSV file: each line is kept once, or its sender is told why not."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from collector.cli import main
from collector.contacts.files import BadTable, Refused, contacts
from collector.store import Store

IMPORTED_MS = 1_795_348_800_000
"""2026-11-22 12:00 UTC."""

HEADER = "source_contact_id,created_ts,channel,contact_reason"


def read(*lines: str, **options):
    return list(contacts([line + "\n" for line in lines], source="desk", imported_ms=IMPORTED_MS, **options))


def test_a_line_becomes_a_contact():
    (found,) = read(HEADER, "C1,2026-11-21T12:00:00+01:00,Live Chat,checkout")
    assert (found.source, found.source_contact_id, found.version) == ("desk", "C1", IMPORTED_MS * 1024 + 1)
    assert found.created_ts == datetime(2026, 11, 21, 11, tzinfo=UTC)
    assert (found.channel, found.channel_raw, found.contact_reason) == ("chat", "Live Chat", "checkout")


def test_other_columns_are_never_read():
    (found,) = read(HEADER + ",customer,email", "C1,2026-11-21T12:00Z,phone,,Jane Doe,jane@example.org")
    assert "Jane" not in str(found)
    assert "example.org" not in str(found)


def test_the_source_s_time_of_change_is_the_version():
    (found,) = read("source_contact_id,created_ts,channel,updated_ts", "C1,1795266300,phone,1795266301")
    assert found.version == 1795266301000 * 1024 + 1


def test_columns_may_be_called_otherwise():
    (found,) = read(
        "Ticket,Opened,Via",
        "C1,1795266300,phone",
        columns={"source_contact_id": "Ticket", "created_ts": "Opened", "channel": "Via"},
    )
    assert found.source_contact_id == "C1"


@pytest.mark.parametrize(
    ("line", "reason", "message"),
    [
        ("C1,2026-11-21 12:00,phone,", "time",
         "'2026-11-21 12:00' has no time zone; write it with an offset, or say which one with --tz Europe/Berlin"),
        ("C1,2026-11-21T12:00Z,phone", "cells", "3 cells where the header has 4"),
        (",2026-11-21T12:00Z,phone,", "no_id", "source_contact_id is empty; every contact needs an id of its own"),
        ("C1,2026-11-21T12:00Z,pigeon,", "channel",
         "channel is 'pigeon'; known are phone, email, chat, messaging, sms, web_form, in_app, social, review, community, "
         "in_person, bot, other; say --channel 'pigeon'=OURS for what it means"),
        ("C1,0001-01-01T00:00Z,phone,", "time",
         "'0001-01-01T00:00Z' is not a plausible time; expected between 1970 and 2099"),
        ("C1,1970-01-05T00:00Z,phone,", "time", "created_ts is 1970-01-05; expected between 1990 and tomorrow"),
        ("C1,2031-01-01T00:00Z,phone,", "time", "created_ts is 2031-01-01; expected between 1990 and tomorrow"),
        ('C1,"2026-11-21"T12:00Z,phone,', "not_csv", "not CSV: ',' expected after '\"'"),
    ],
)  # fmt: skip
def test_a_broken_line_is_refused_and_the_others_are_not(line, reason, message):
    before, broken, after = read(HEADER, "C0,2026-11-21T12:00Z,phone,", line, "C2,2026-11-21T12:00Z,phone,")
    assert broken == Refused(3, reason, message)
    assert (before.source_contact_id, after.source_contact_id) == ("C0", "C2")


def test_a_naive_time_is_taken_in_the_zone_that_was_given():
    berlin = ZoneInfo("Europe/Berlin")
    good, gap = read(HEADER, "C1,2026-11-21 12:00,phone,", "C2,2026-03-29 02:30,phone,", tz=berlin)
    assert good.created_ts == datetime(2026, 11, 21, 11, tzinfo=UTC)
    assert gap.message == "'2026-03-29 02:30' does not exist in Europe/Berlin: the clocks were put forward over it"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("WhatsApp", "messaging"),
        ("Voicemail", "phone"),
        ("contact form", "web_form"),
        ("TELEFON", "phone"),
        ("chat", "chat"),
    ],
)
def test_a_channel_goes_by_many_names_and_by_the_one_it_is_given(theirs, ours):
    (found,) = read(HEADER, f"C1,1795266300,{theirs},", channels={"Telefon": "phone"})
    assert (found.channel, found.channel_raw) == (ours, theirs)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_cells_may_be_separated_as_spreadsheets_do_it(separator):
    (found,) = read(HEADER.replace(",", separator), "C1,1795266300,phone,".replace(",", separator))
    assert found.source_contact_id == "C1"


def test_a_column_that_is_there_twice_refuses_the_file():
    with pytest.raises(BadTable, match="line 1: the column channel is there 2 times; it must be there once"):
        read(HEADER + ",channel", "C1,1795266300,phone,,chat")


def test_a_missing_column_refuses_the_file():
    with pytest.raises(BadTable) as error:
        read("source_contact_id,opened,channel", "C1,2026-11-21T12:00Z,phone")
    assert str(error.value) == (
        "line 1: no column created_ts; the file has source_contact_id, opened, channel. Needed are source_contact_id, "
        "created_ts, channel; say --column created_ts=NAME where the file calls one otherwise"
    )


def test_an_empty_file_says_what_it_should_begin_with():
    with pytest.raises(BadTable, match="the file is empty; its first line must name its columns: source_contact_id,"):
        read()


@pytest.fixture
def snag(store: Store, dsn: str, capsys, monkeypatch):
    """The command, on the tests' own engine. `store` keeps the engine open; another handle is the command's."""
    for name in ("SNAG_DATA_DIR", "SNAG_CONFIG"):
        monkeypatch.delenv(name, raising=False)

    def run(*args: str):
        code = main([*args, "--dsn", dsn])
        out = capsys.readouterr()
        return code, out.out, out.err

    return run


def test_importing_says_what_was_kept_and_what_was_not(snag, store, tmp_path):
    file = tmp_path / "desk.csv"
    file.write_text(f"{HEADER}\nC1,2026-11-21T12:00Z,phone,\nC2,soon,phone,\nC3,2026-11-21T13:00Z,chat,\n")
    code, out, err = snag("contacts", "import", str(file))
    assert code == 1
    assert out == (
        "2 of 3 contacts from desk kept: 2 new, 0 replaced, 0 older than what is known; 1 lines refused.\n"
        "100 % have no contact reason; `snag contacts reasons suggest` proposes rules.\n"
    )
    assert f"{file}, line 3: 'soon' is not a valid time;" in err.replace("\n", " ")
    assert store.contact_versions("desk").keys() == {"C1", "C3"}
    assert store.watermarks()["desk"] == datetime(2026, 11, 21, 13, tzinfo=UTC)


def test_importing_twice_changes_nothing_and_a_dry_run_keeps_nothing(snag, store, tmp_path):
    file = tmp_path / "desk.csv"
    file.write_text(f"{HEADER}\nC1,2026-11-21T12:00Z,phone,\n")
    assert "1 of 1 contacts from desk would be kept" in snag("contacts", "import", str(file), "--dry-run")[1]
    assert store.contact_versions("desk") == {}
    snag("contacts", "import", str(file))
    assert "0 new, 1 replaced" in snag("contacts", "import", str(file))[1]
    assert store.client.query("SELECT count() FROM snag_experience.support_contacts FINAL").result_rows == [(1,)]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("{missing}",), "snag: {missing} cannot be read: No such file or directory\n"),
        (("{latin}",), "snag: {latin}: the file is empty; expected a header and a line for each contact\n"),
        (("{latin}", "--tz", "Berlin"),
         "snag: 'Berlin' is not a time zone; expected for example Europe/Berlin\n"),
    ],
)  # fmt: skip
def test_what_cannot_be_imported_is_named(snag, tmp_path, args, message):
    places = {"missing": tmp_path / "none.csv", "latin": tmp_path / "latin.csv"}
    places["latin"].write_bytes(b"\n")
    code, _, err = snag("contacts", "import", *(arg.format(**places) for arg in args))
    assert (code, err.splitlines(keepends=True)[-1]) == (2, message.format(**places))
