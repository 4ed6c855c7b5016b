"""The only room that speaks SQL: ClickHouse, embedded (`chdb://`) or a server (`clickhouse://`), one code.

Each query is one .sql file and one method here or in `grids`; each table is made by a numbered migration.
"""

from collector.store.client import StoreInUse, StoreUnreachable
from collector.store.schema.migrate import SchemaMismatch
from collector.store.store import Store
from collector.store.support import Annotation, Contact, ContactEvent, ContactInterval, SurveyResponse

__all__ = [
    "Annotation", "Contact", "ContactEvent", "ContactInterval", "SchemaMismatch", "Store", "StoreInUse", "StoreUnreachable",
    "SurveyResponse",
]  # fmt: skip
