"""Contacts, answers and intervals with known numbers in them."""

from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 11, 22, tzinfo=UTC)
START = NOW - timedelta(days=28)


def ago(**time):
    return NOW - timedelta(**time)


def keep(store, table, rows, **shared):
    """Rows as dicts; what one leaves out has the column's default (all rows name the same columns)."""
    rows = [{**shared, **row} for row in rows]
    if rows:
        names = list(rows[0])
        store.client.insert(
            f"snag_experience.{table}", [[row[name] for name in names] for row in rows], column_names=names
        )


def contacts(store, rows, **shared):
    base = {"source": "desk", "version": 1, "channel": "email", "created_ts": ago(days=20)}
    keep(
        store,
        "support_contacts",
        [{"source_contact_id": f"c{i}", **base, **shared, **row} for i, row in enumerate(rows)],
    )


def answers(store, metric, scores, low, high, prefix="", **shared):
    base = {
        "metric": metric,
        "source": "desk",
        "version": 1,
        "answered_ts": ago(days=3),
        "scale_min": low,
        "scale_max": high,
    }
    keep(
        store,
        "survey_responses",
        [
            {**base, "source_response_id": f"{prefix}{metric}{i}", "score": score, **shared}
            for i, score in enumerate(scores)
        ],
    )


def key(number):
    return number.to_bytes(16, "big")
