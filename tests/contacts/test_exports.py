"""A file as another program saved it goes in at the first command."""

import csv
import gzip
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest

from collector.contacts.exports import Unreadable, opened
from collector.contacts.guess import guess, moment_text, time_forms
from tests.contacts.test_import import snag  # noqa: F401 (a fixture)

TIMES = [datetime(2026, 11, 20, 9) + timedelta(minutes=37 * i) for i in range(12)]
HEADER = ("Ticket ID", "Created at", "Via", "Status", "Category")
GERMAN = ("Ticketnummer", "Erstellt am", "Kanal", "Status", "Kategorie")


def rows(form="%Y-%m-%d %H:%M"):
    return [
        (
            1000 + i,
            at.strftime(form),
            ("Phone", "Email", "Chat")[i % 3],
            ("Resolved", "In progress", "??")[i % 3],
            ("Überweisung – Bank", "=SUM(A1)", "@work")[i % 3],
        )
        for i, at in enumerate(TIMES)
    ]


def table(lines=None, header=HEADER, separator=",", encoding="utf-8", before="", after=""):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(header)
    writer.writerows(lines or rows())
    return (before + out.getvalue() + after).encode(encoding)


def packed(name, content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, content)
    return out.getvalue()


def workbook():
    book = openpyxl.Workbook()
    book.active.append(["Tickets of November"])
    book.active.append([])
    book.active.append(HEADER)
    for row, at in zip(rows(), TIMES, strict=True):
        book.active.append([row[0], at, *row[2:]])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


TICKETS = [
    {"id": i, "created_at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "via": {"channel": "email"}, "status": "open"}
    for i, at in enumerate(TIMES)
]
HUBSPOT = [{"id": str(i), "properties": {"createdate": f"{at:%Y-%m-%dT%H:%M:%S}Z"}} for i, at in enumerate(TIMES)]
FILES = {
    "semicolons.csv": table(rows("%d.%m.%Y %H:%M"), GERMAN, ";", "cp1252"),
    "tabs.txt": table(separator="\t", encoding="utf-16"), "pipes.csv": table(separator="|"), "mark.csv": table(encoding="utf-8-sig"),
    "around.csv": table(before="Report: tickets\nMade: 2026-12-01\n\n", after="\nTotal: 12 rows\n"),
    "said.csv": table(separator=";", before="sep=;\n"), "capitals.csv": table(header=[name.upper() for name in HEADER]),
    "no_id.csv": table([row[1:] for row in rows()], HEADER[1:]),
    "no_channel.csv": table([(r[0], r[1], r[4]) for r in rows()], ("Case Number", "Date/Time Opened", "Case Reason")),
    "french.csv": table(rows("%d/%m/%Y %H:%M"), ("Numéro de ticket", "Créé le", "Canal", "Statut", "Motif"), ";", "cp1252"),
    "spanish.csv": table(rows("%d/%m/%Y %H:%M"), ("ID del ticket", "Fecha de creación", "Canal", "Estado", "Motivo"), ";"),
    "portuguese.csv": table(rows("%d/%m/%Y %H:%M"), ("ID do ticket", "Criado em", "Canal", "Situação", "Motivo"), ";"),
    "packed.csv.gz": gzip.compress(table()), "packed.zip": packed("a/tickets.csv", table()), "book.xlsx": workbook(),
    "book_by_another_name.csv": workbook(), "answer.json": json.dumps({"tickets": TICKETS, "count": 12}).encode(),
    "printed.json": json.dumps({"tickets": TICKETS, "next_page": None}, indent=2).encode(), "list.json": json.dumps(TICKETS, indent=1).encode(),
    "lines.ndjson": "\n".join(map(json.dumps, TICKETS)).encode(), "firehose.json": "".join(map(json.dumps, TICKETS)).encode(),
    "hubspot.json": json.dumps({"results": HUBSPOT}).encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_an_export_goes_in_at_the_first_command(snag, store, tmp_path, name):  # noqa: F811
    (tmp_path / name).write_bytes(FILES[name])
    code, out, err = snag("contacts", "import", str(tmp_path / name), "--source", "x", "--json")
    assert (code, json.loads(out)["accepted"]) == (0, len(TIMES)), err
    found = store.client.query("SELECT min(created_ts), max(created_ts) FROM snag_experience.support_contacts FINAL")
    first, last = (at.replace(tzinfo=UTC) for at in found.result_rows[0])
    assert (first, last) == (TIMES[0].replace(tzinfo=UTC), TIMES[-1].replace(tzinfo=UTC))


def test_a_value_that_cannot_be_read_costs_its_field_and_is_counted(snag, store, tmp_path):  # noqa: F811
    (tmp_path / "x.csv").write_bytes(table())
    _, out, err = snag("contacts", "import", str(tmp_path / "x.csv"), "--json")
    assert json.loads(out)["left_out"] == [{"field": "status", "value": "??", "lines": 4}]
    assert "values were left out, their contacts kept" in " ".join(err.split())


def test_a_day_that_may_be_a_month_is_asked_about(snag, store, tmp_path):  # noqa: F811
    days = [f"0{i % 9 + 1}/0{i % 7 + 1}/2026 10:00" for i in range(9)]
    (tmp_path / "x.csv").write_bytes(table([(i, day, "phone", "", "") for i, day in enumerate(days)]))
    code, _, err = snag("contacts", "import", str(tmp_path / "x.csv"))
    assert code == 2
    assert "--time-form '%d/%m/%Y %H:%M'" in err
    assert "--yes" in err
    assert snag("contacts", "import", str(tmp_path / "x.csv"), "--time-form", "%d/%m/%Y %H:%M")[0] == 0
    assert snag("contacts", "import", str(tmp_path / "x.csv"), "--yes")[0] == 0


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("11/20/2026 2:05 PM", "2026-11-20T14:05:00"), ("20.11.2026 14:05", "2026-11-20T14:05:00"),
        ("2026/11/20 14:05", "2026-11-20T14:05:00"), ("2026-11-20 14:05:00 UTC", "2026-11-20 14:05:00+00:00"),
        ("Fri, 20 Nov 2026 14:05:00 +0100", "2026-11-20T14:05:00+01:00"), ("Nov 20, 2026 2:05 PM", "2026-11-20T14:05:00"),
        ("20 novembre 2026 14:05", "2026-11-20T14:05:00"), ("20. Dezember 2026 14:05", "2026-12-20T14:05:00"),
        ("1795260000.25", "2026-11-21T11:20:00.250000+00:00"), ("46346.5", "2026-11-20T12:00:00"),
        ("2026-11-20 14:05 EST", "2026-11-20 14:05-05:00"), ("20/11/2026 14h05", "2026-11-20T14:05:00"),
    ],
)  # fmt: skip
def test_a_time_is_read_as_programs_write_it(text, iso):
    assert moment_text(text, time_forms([text])[0]) == iso


def test_an_id_that_repeats_is_no_id():
    sample = [{"id": 7, "number": i, "created": "2026-11-20"} for i in range(9)]
    assert guess(["id", "number", "created"], sample, {}).fields["source_contact_id"] == "number"


@pytest.mark.parametrize("content", [b"", b"\n\n", b"%PDF-1.7 ...", b"\x00\x01\x02\x03" * 400, b"PK\x03\x04broken"])
def test_what_is_no_export_is_refused_in_words(tmp_path, content):
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    with pytest.raises((Unreadable, zipfile.BadZipFile)), opened(file) as export:
        list(export.rows)


@pytest.mark.parametrize("order", [1, -1])
def test_a_contact_on_several_lines_begins_at_the_earliest(snag, store, tmp_path, order):  # noqa: F811
    lines = [(7, f"2026-11-20 0{hour}:00", "phone", "Open", "") for hour in (1, 2, 3)][::order]
    (tmp_path / "log.csv").write_bytes(table(lines))
    assert snag("contacts", "import", str(tmp_path / "log.csv"))[0] == 0
    found = store.client.query("SELECT created_ts FROM snag_experience.support_contacts FINAL").result_rows
    assert [row[0].replace(tzinfo=UTC) for row in found] == [datetime(2026, 11, 20, 1, tzinfo=UTC)]
