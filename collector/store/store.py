"""What the rest of the program asks of the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from collector.store import rollups, rows, support
from collector.store.client import cluster_of, connect
from collector.store.embedded import MACHINE, Limits
from collector.store.queries import contacts as contact_queries
from collector.store.queries import friction as friction_queries
from collector.store.queries import operations as operation_queries
from collector.store.schema.desired import LANDING
from collector.store.schema.migrate import Migration, migrate, pending
from collector.store.schema.retention import apply_retention
from collector.store.support import Annotation, Contact, ContactEvent, Row

R = TypeVar("R", bound=tuple[Any, ...])

EXACT = timedelta(days=3)
"""Times up to so long are counted from the events, longer ones from the hours' rollups."""

_EXACTLY = {
    # What we do not know we would drop without a word; a field left out has its default.
    "input_format_skip_unknown_fields": 0,
    "input_format_json_ignore_unknown_keys_in_named_tuple": 0,
    # One core is enough for a segment, and leaves the others to those who ask.
    "input_format_parallel_parsing": 0,
}


class Store:
    """An open store. One thread at a time may use it; open another for another thread."""

    def __init__(self, client: Client, cluster: str = "") -> None:
        self.client = client
        self.cluster = cluster

    @classmethod
    def open(cls, dsn: str, limits: Limits = MACHINE) -> Store:
        """Raises StoreUnreachable or StoreInUse."""
        return cls(connect(dsn, limits), cluster_of(dsn))

    def close(self) -> None:
        """Let go of it; the last one lets go of an embedded store's folder."""
        self.client.close()

    def migrate(self) -> list[Migration]:
        """Bring the schema up to date; returns what was applied. Raises SchemaMismatch."""
        return migrate(self.client, self.cluster)

    def pending(self) -> list[Migration]:
        """What `migrate` would apply. Raises SchemaMismatch."""
        return pending(self.client)

    def refresh(
        self, spans: Sequence[str] = tuple(rollups.SPANS), progress: Callable[[int, int], None] | None = None
    ) -> int:
        """Bring the rollups up to date; returns how many stretches of time were counted anew. See rollups.py."""
        return rollups.refresh(self.client, spans, progress)

    def keep(self, retention: Mapping[str, int]) -> list[str]:
        """Keep each group of tables for so many days, see retention.py; returns the tables that changed."""
        return apply_retention(self.client, retention, self.cluster)

    def friction_top(
        self, app: str, start: datetime, end: datetime, sources: Sequence[str], limit: int
    ) -> list[friction_queries.Top]:
        """The friction points that hit most visits. Long times count in whole hours."""
        query = friction_queries.top if end - start <= EXACT else friction_queries.top_days
        return query(self, app=app, start=start, end=end, sources=list(sources), limit=limit)

    def version(self) -> str:
        """Version of the engine."""
        return str(self.client.server_version)

    def insert(self, lines: Sequence[bytes]) -> list[bytes]:
        """Keep the events of queued beacons; returns the lines that are none. Safe to repeat.

        The engine reads the lines itself; they are looked at here only when it refuses them.
        """
        try:
            self._land(lines)
        except ClickHouseError:
            good, bad = rows.readable(lines)
            if not bad:
                raise
            self._land(good)
            return bad
        return []

    def _land(self, lines: Sequence[bytes]) -> None:
        if lines:
            self.client.raw_insert(LANDING, insert_block=b"\n".join(lines), fmt="JSONEachRow", settings=_EXACTLY)

    def insert_columns(self, table: str, columns: Mapping[str, Sequence[Any]]) -> None:
        """Keep many rows given as columns of equal length; a column that is not given has its default."""
        self.client.insert(table, list(columns.values()), column_names=list(columns), column_oriented=True)

    def keep_rows(self, found: Sequence[Row]) -> None:
        """Keep rows of one table of the support side, see support.py. Safe to repeat."""
        support.keep(self.client, found)

    def add_contacts(self, contacts: Sequence[Contact]) -> None:
        """Keep contacts; the highest version of each (source, source_contact_id) holds."""
        self.keep_rows(contacts)

    def contacts(self, source: str, ids: Sequence[str]) -> list[Contact]:
        """The newest version, deleted or not, of each of these contacts that is kept."""
        return [
            support.contact(row.contact_json) for row in contact_queries.contacts_by_id(self, source=source, ids=ids)
        ]

    def has_contact_events(self, source: str) -> bool:
        """Whether any event of a contact of `source` is kept."""
        return bool(contact_queries.has_contact_events(self, source=source))

    def contact_events(self, source: str, ids: Sequence[str]) -> list[ContactEvent]:
        """Every event that is kept of these contacts."""
        return [
            ContactEvent(*row._replace(event_ts=row.event_ts.replace(tzinfo=UTC)))
            for row in contact_queries.contact_events(self, source=source, ids=ids)
        ]

    def add_annotations(self, annotations: Sequence[Annotation]) -> None:
        """Keep annotations; the highest version of each id holds."""
        self.keep_rows(annotations)

    def add_performance(self, app: str, name: str, source: str, samples: Sequence[tuple[datetime, float]]) -> None:
        """Keep samples of one series of the infrastructure; one that is given again replaces the one of its time."""
        if samples:
            self.client.insert(
                "snag_performance.imported_series",
                [[app, name, ts, value, source] for ts, value in samples],
                column_names=["app", "name", "ts", "value", "source"],
            )

    def contact_versions(self, source: str) -> dict[str, int]:
        """Version by id of every contact of `source` that is kept, deleted ones too."""
        return {row.source_contact_id: row.newest for row in contact_queries.contact_versions(self, source=source)}

    def set_watermark(self, source: str, complete_through: datetime, stream: str = "contacts") -> None:
        """`stream` of `source` is all in up to `complete_through`."""
        self.client.insert(
            "snag_experience.import_watermarks",
            [[source, stream, complete_through]],
            column_names=["source", "stream", "complete_through_ts"],
        )

    def suppressed(self) -> frozenset[bytes]:
        """Every key, 16 bytes, of somebody who asked to be forgotten."""
        return frozenset(bytes(row.subject_key) for row in contact_queries.suppressed(self))

    def cursor(self, source: str) -> str:
        """Where the last pull of `source` ended; "" where there was none."""
        rows = contact_queries.cursor(self, source=source)
        return rows[0].cursor if rows else ""

    def set_cursor(self, source: str, cursor: str) -> None:
        """The next pull of `source` goes on at `cursor`."""
        self.client.insert(
            "snag_experience.import_watermarks",
            [[source, "pull", cursor, datetime.fromtimestamp(0, UTC)]],
            column_names=["source", "stream", "cursor", "complete_through_ts"],
        )

    def watermarks(self) -> dict[str, datetime]:
        """How far each source of contacts is complete, given as rows or as counts."""
        return {row.source: row.through_ts.replace(tzinfo=UTC) for row in contact_queries.watermarks(self)}

    def apps(self) -> list[str]:
        """Every site that page views were received from, the busiest first."""
        return [row.app for row in operation_queries.apps(self)]

    def _rows(self, row: type[R], query: str, **parameters: Any) -> list[R]:
        """The rows of queries/<query>.sql as `row`s; for the typed functions in queries/, which everybody else calls.

        Values travel as parameters. Times carry UTC.
        """
        result = self.client.query(read_query(query), parameters=parameters, tz_mode="aware")
        return [row(*values) for values in result.result_rows]


@cache
def read_query(name: str) -> str:
    """The text of queries/<name>.sql, read once."""
    return files("collector.store").joinpath("queries", f"{name}.sql").read_text(encoding="utf-8")
