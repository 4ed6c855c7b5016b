"""Each typed query returns rows whose fields are the columns that its .sql file selects."""

import inspect
import typing
from datetime import UTC, datetime
from importlib.resources import files
from types import SimpleNamespace

import pytest

from collector.store.queries import contacts, metrics

TOPICS = (contacts, metrics)
VALUES = {
    "datetime": datetime(2026, 11, 20, tzinfo=UTC),
    "str": "release",
    "Sequence[str]": ["rum"],
    "int": 1,
    "float": 1.0,
}
FUNCTIONS = [
    pytest.param(topic, function, id=f"{topic.__name__.rpartition('.')[2]}.{name}")
    for topic in TOPICS
    for name, function in inspect.getmembers(topic, inspect.isfunction)
    if function.__module__ == topic.__name__ and not name.startswith("_")
]


@pytest.mark.parametrize(("topic", "function"), FUNCTIONS)
def test_the_fields_of_a_row_are_the_columns_of_its_query(store, root, topic, function):
    columns = []

    def run(query, **parameters):
        text = (root / "collector/store/queries" / f"{query}.sql").read_text(encoding="utf-8")
        described = store.client.query(f"DESCRIBE TABLE (\n{text}\n)", parameters=parameters)
        columns.append(tuple(row[0] for row in described.result_rows))
        return []

    asked = list(inspect.signature(function).parameters.values())[1:]
    function(SimpleNamespace(_rows=run), **{one.name: VALUES[one.annotation] for one in asked})
    hints = typing.get_type_hints(function, vars(topic) | {"Store": object})
    (row,) = typing.get_args(hints["return"])
    assert columns == [row._fields]


@pytest.mark.parametrize("topic", TOPICS)
def test_every_query_of_a_topic_has_a_function_of_its_name(topic):
    name = topic.__name__.rpartition(".")[2]
    there = {file.name for file in files("collector.store").joinpath("queries", name).iterdir()}
    assert {file.removesuffix(".sql") for file in there if file.endswith(".sql")} == {
        param.values[1].__name__ for param in FUNCTIONS if param.values[0] is topic
    }
