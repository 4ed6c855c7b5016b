"""Lengths of time that queries look across; they reach the SQL as parameters."""

VISIT_HOURS = 4
"""The longest that a visit lasts: agents start a new session after it."""

LINKED_HOURS = 24
"""A contact within this time after a visit that it names counts as made because of it."""

AGAIN_DAYS = 7
"""A contact within this time after another of the same customer continues it."""
