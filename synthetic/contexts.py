"""Every context of a run is prepared and watched alike, also one that the script makes by itself."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any


@contextlib.asynccontextmanager
async def each_prepared(browser: Any, prepare: Callable[[Any], Awaitable[None]]) -> AsyncIterator[list[Any]]:
    """Until it ends, `browser.new_context` and `new_page` hand out what `prepare` has seen. Yields the contexts made."""
    made: list[Any] = []
    plain = browser.new_context

    async def new_context(**options: Any) -> Any:
        context = await plain(**options)
        made.append(context)
        await prepare(context)
        return context

    async def new_page(**options: Any) -> Any:
        return await (await new_context(**options)).new_page()

    browser.new_context, browser.new_page = new_context, new_page
    try:
        yield made
    finally:
        del browser.new_context, browser.new_page
