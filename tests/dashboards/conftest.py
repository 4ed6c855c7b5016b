"""Boards as they are committed, and one seeded store for all of them."""

import json

import pytest

from dashboards.build import FOLDER
from tests.conftest import _TABLES
from tests.dashboards.seed import seed

BOARDS = {file.stem: json.loads(file.read_text()) for file in sorted(FOLDER.glob("*.json"))}


@pytest.fixture(scope="module")
def seeded(_opened):
    """The store with everything that a board asks for in it."""
    for database, table in _opened.client.query(_TABLES).result_rows:
        _opened.client.command(f"TRUNCATE TABLE {database}.{table}")
    seed(_opened)
    return _opened
