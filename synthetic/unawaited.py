"""Notices calls whose `await` was forgotten: they do nothing, and a journey made of them would pass for ever."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def noticed() -> Iterator[list[str]]:
    """What Python says meanwhile of coroutines that nobody awaited, in its own words."""
    found: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("always", RuntimeWarning)
        shown = warnings.showwarning

        def show(message: Any, category: type[Warning], *where: Any, **more: Any) -> None:
            first = str(message).partition("\n")[0]
            if issubclass(category, RuntimeWarning) and first.endswith("was never awaited"):
                found.append(first)
            shown(message, category, *where, **more)

        warnings.showwarning = show
        yield found
