"""Every query has one typed function, and its row is what the store returns."""

import importlib
import inspect
import pkgutil
import typing
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from types import UnionType
from typing import Any, NamedTuple

import pytest

from collector.store import queries
from collector.store.store import Store, read_query

START, END = datetime(2026, 11, 21, 11, tzinfo=UTC), datetime(2026, 11, 21, 12, tzinfo=UTC)
TEXTS = Path(queries.__file__).parent
TOPICS = {
    name: importlib.import_module(f"{queries.__name__}.{name}") for _, name, _ in pkgutil.iter_modules(queries.__path__)
}
FUNCTIONS = {
    f"{topic}.{name}": function
    for topic, module in TOPICS.items()
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_")
}
PYTHON: dict[str, type] = {
    "String": str, "Enum": str, "UUID": uuid.UUID, "Bool": bool, "DateTime": datetime, "Date": date,
    "Array": list, "Tuple": tuple, "Map": dict, "Int": int, "UInt": int, "Float": float, "FixedString": bytes,
}  # fmt: skip
"""The Python type of a column, by the letters that its ClickHouse type begins with."""


class Asked(NamedTuple):
    """One call of `Store._rows`."""

    query: str
    row: type
    columns: tuple[str, ...]
    types: tuple[str, ...]


class Recorder(Store):
    """A store that remembers what its queries return."""

    def __init__(self, opened: Store) -> None:
        super().__init__(opened.client, opened.cluster)
        self.asked: list[Asked] = []

    def _rows(self, row: Any, query: str, **parameters: Any) -> Any:
        # An empty result has no columns.
        columns = self.client.query(f"DESCRIBE ({read_query(query)}\n)", parameters=parameters).result_rows
        self.asked.append(Asked(query, row, tuple(c[0] for c in columns), tuple(c[1] for c in columns)))
        return super()._rows(row, query, **parameters)


def value(hint: Any, name: str) -> Any:
    """An argument of this type."""
    if isinstance(hint, UnionType):
        hint = typing.get_args(hint)[0]
    if typing.get_origin(hint) in (Sequence, list):
        return [value(typing.get_args(hint)[0], name)]
    if hint is datetime:
        return END if name in ("end", "until") else START
    if hint is date:
        return END.date() if name in ("end", "until") else START.date()
    return {str: "shop", int: 1, float: 1.0, bool: True, uuid.UUID: uuid.UUID(int=1)}[hint]


def asked_by(store: Store, function: Callable[..., Any]) -> Asked:
    """Call a query's function; returns the one query that it made."""
    hints = typing.get_type_hints(function, localns={"Store": Store})
    arguments = {name: value(hints[name], name) for name in list(inspect.signature(function).parameters)[1:]}
    recorder = Recorder(store)
    function(recorder, **arguments)
    (asked,) = recorder.asked
    return asked


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_fields_of_a_row_are_the_columns_of_its_query(store, name):
    asked = asked_by(store, FUNCTIONS[name])
    assert asked.row._fields == asked.columns, asked.query
    hints = typing.get_type_hints(asked.row)
    for column, sql in zip(asked.columns, asked.types, strict=True):
        assert fits(hints[column], sql), f"{asked.query}: {column} is {sql}, the row says {hints[column]}"


def fits(hint: Any, sql: str) -> bool:
    """Whether a field of this type holds what a column of this ClickHouse type returns."""
    options = set(typing.get_args(hint)) if isinstance(hint, UnionType) else {hint}
    if sql.startswith("LowCardinality("):
        sql = sql.removeprefix("LowCardinality(")
    if sql.startswith("Nullable(") != (type(None) in options):
        return False
    sql = sql.removeprefix("Nullable(")
    known = next(PYTHON[start] for start in sorted(PYTHON, key=len, reverse=True) if sql.startswith(start))
    return bool(
        {typing.get_origin(option) or option for option in options} & {known, *([Sequence] if known is list else [])}
    )


def test_every_query_is_called_by_one_function(store):
    called = [asked_by(store, function).query for function in FUNCTIONS.values()]
    assert sorted(called) == sorted(set(called))
    assert [query for query in _texts() if query not in called] == []


def _texts() -> list[str]:
    """The queries of all topics, without those whose rows go into a table."""
    return [
        str(file.relative_to(TEXTS).with_suffix(""))
        for file in sorted(TEXTS.rglob("*.sql"))
        if not file.name.startswith("sum_")
    ]


def test_a_text_is_read_from_disk_once(monkeypatch):
    read_query.cache_clear()
    first = read_query("funnels/runs")
    assert read_query("funnels/runs") is first
