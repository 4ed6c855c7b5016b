"""The browser of the tests: the same search as everywhere, skipped nowhere. A machine without one fails."""

import pytest

from synthetic.browser import launched


@pytest.fixture
async def browser():
    """A headless browser of its own: a test may lose it."""
    async with launched() as (found, _):
        yield found
