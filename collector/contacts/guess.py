"""What the columns of a stranger's export are: by their names in five languages, and by the values that stand in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, NamedTuple

from collector.contacts.vocabulary import FORMS, MONTHS, NAMES, ZONES


@lru_cache(4096)
def key(name: str) -> str:
    """A column's name in one spelling.

    >>> key("Date/Time Opened"), key("Erstellt am"), key("Créé le")
    ('date_time_opened', 'erstellt_am', 'cree_le')
    """
    flat = (
        unicodedata.normalize("NFKD", re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", name)).encode("ascii", "ignore").decode()
    )
    return re.sub(r"[^a-z0-9.#]+", "_", flat.lower()).strip("_")


INNER = 100
"""How much worse a name is that stands inside of an object."""

_BY_KEY: dict[str, list[tuple[str, int]]] = {}
for _field, _names in NAMES.items():
    for _rank, _name in enumerate(_names.split()):
        _BY_KEY.setdefault(_name, []).append((_field, _rank))


@lru_cache(4096)
def spelled(name: str) -> str | None:
    """The field that a column of this name most likely is; None for a name that says nothing to us."""
    found = _offers(name) if isinstance(name, str) else []
    return min(found, key=lambda one: one[1])[0] if found else None


def _offers(name: str) -> list[tuple[str, int]]:
    """The fields that a column may be, with ranks; of a path, its last part says less than the whole."""
    whole = _BY_KEY.get(key(name), [])
    return whole or [(field, rank + INNER) for field, rank in _BY_KEY.get(key(name.rpartition(".")[2]), [])]


class Guess(NamedTuple):
    """What the columns are taken for."""

    fields: dict[str, str]
    """Ours to theirs."""
    time_form: str
    """How times are written, as of strptime; "" for ISO and numbers; see `moment_text`."""
    doubts: tuple[str, ...] = ()
    """What could as well be otherwise, each with the flag that settles it."""


def columns(names: Sequence[str], sample: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Ours to theirs: each of our fields is the best of the columns that may be it, and each column is one field."""
    offers = [(rank, field, name) for name in names for field, rank in _offers(name)]
    chosen: dict[str, str] = {}
    for _, field, name in sorted(offers, key=lambda offer: offer[0]):
        if field not in chosen and name not in chosen.values() and _plausible(field, name, sample):
            chosen[field] = name
    return chosen


def _plausible(field: str, name: str, sample: Sequence[Mapping[str, Any]]) -> bool:
    """Whether what stands in a column may be this field: times look like times, ids differ, objects are none of them."""
    if key(name) == field:
        return True
    values = [value for row in sample if (value := row.get(name)) not in (None, "")]
    if not values:
        return field != "created_ts"
    if any(isinstance(value, dict) for value in values) or (
        field != "tags" and any(isinstance(v, list) for v in values)
    ):
        return False
    if field.endswith("_ts"):
        return any(char.isdigit() for char in str(values[0])) and (field != "created_ts" or bool(time_forms(values)))
    if field == "source_contact_id":
        return len({str(value) for value in values}) * 2 > len(values) or len(values) < 4
    return True


ISO, EXCEL, EMAIL = "", "excel", "rfc2822"
_ZONED = re.compile(r"\s*\(?(UTC|GMT|[ECMP][SD]T|CES?T|BST|MES?Z)\)?\Z|\s+([+-]\d\d:?\d\d)\Z")
_EMAIL_TIME = re.compile(r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}|[A-Z][a-z]{2}, \d")
_WORD = re.compile(r"[A-Za-zÀ-ÿ]{3,}")


def time_forms(values: Sequence[Any]) -> list[str]:
    """The forms that read most of these values, half of them at least; [] where nothing reads them."""
    texts = [str(value).strip() for value in values if value not in (None, "")]
    if not texts:
        return []
    read = {form: sum(bool(moment_text(text, form)) for text in texts) for form in (ISO, EXCEL, EMAIL)}
    if max(read.values()) < len(texts):
        read |= {form: sum(bool(moment_text(text, form)) for text in texts) for form in FORMS}
    best = max(read.values())
    return [form for form, n in read.items() if n == best] if best * 2 >= len(texts) else []


def moment_text(value: Any, form: str) -> str:
    """A time of this form as ISO 8601, with its offset where it says one; "" for one of another form.

    >>> moment_text("20.11.2026 14:05", "%d.%m.%Y %H:%M"), moment_text("11/20/2026 2:05 PM EST", "%m/%d/%Y %I:%M %p")
    ('2026-11-20T14:05:00', '2026-11-20T14:05:00-05:00')
    >>> moment_text("46346.5", EXCEL)
    '2026-11-20T12:00:00'
    """
    text = str(value).strip()
    try:
        if form == EXCEL:
            days = float(text)
            return (
                datetime.fromordinal(693594 + int(days)).isoformat()[:11] + _clock(days % 1)
                if 30_000 <= days <= 70_000
                else ""
            )
        if form == EMAIL:
            if not _EMAIL_TIME.match(text):
                return ""
            return parsedate_to_datetime(text).isoformat()
        if form == ISO:
            return _iso(text)
        offset = ""
        if zone := _ZONED.search(text):
            offset = ZONES.get(zone[1] or "", zone[2] or "")
            text = text[: zone.start()]
        return datetime.strptime(_english(text) if "%b" in form.lower() else text, form).isoformat() + offset
    except (ValueError, TypeError, IndexError):
        return ""


def _iso(text: str) -> str:
    if re.fullmatch(r"\d{9,13}(?:\.\d+)?", text):
        number = float(text)
        return datetime.utcfromtimestamp(number / 1000 if number >= 1e11 else number).isoformat() + "+00:00"
    if zone := _ZONED.search(text):
        text = text[: zone.start()] + ZONES.get(zone[1] or "", zone[2] or "")
    datetime.fromisoformat(text)
    return text if text[4:5] == "-" else ""


def _clock(share: float) -> str:
    seconds = round(share * 86_400)
    return f"{min(seconds // 3600, 23):02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"


def _english(text: str) -> str:
    def word(match: re.Match[str]) -> str:
        flat = unicodedata.normalize("NFKD", match[0].lower()).encode("ascii", "ignore").decode()
        return MONTHS.get(flat, match[0])

    return _WORD.sub(word, text)


def guess(names: Sequence[str], sample: Sequence[Mapping[str, Any]], given: Mapping[str, str]) -> Guess:
    """Guess what is not `given` (ours to theirs)."""
    taken = set(given.values())
    fields = {f: n for f, n in columns([n for n in names if n not in taken], sample).items() if f not in given}
    times = [
        row[name]
        for row in sample
        if (name := {**fields, **given}.get("created_ts", "")) and row.get(name) not in (None, "")
    ]
    forms = time_forms(times) if times else [ISO]
    doubts = []
    if len({_day_first(form) for form in forms}) > 1:
        shown = ", ".join(f"--time-form '{form}'" for form in dict.fromkeys((forms[0], forms[-1])))
        doubts.append(f"times such as {str(times[0])[:30]!r} have the day or the month first; settle it with {shown}")
    return Guess(fields, forms[0] if forms else ISO, tuple(doubts))


def _day_first(form: str) -> bool:
    return form.find("%d") < form.lower().find("%m")
