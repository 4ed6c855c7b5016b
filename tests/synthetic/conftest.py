"""The faulty site, a warm browser, and how a test runs a journey against both."""

import pytest
import pytest_asyncio

from synthetic.browser import Warm
from synthetic.journey import REGISTERED, journey
from synthetic.pressure import Pressure
from synthetic.runner import run
from synthetic.target import Target
from tests.synthetic.faulty import serve


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site():
    """The site with a switch for every fault."""
    async with serve() as found:
        yield found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def warm():
    """A browser that stays for the session; whatever a test does to it, the next one gets one that works."""
    found = Warm()
    yield found
    await found.close()


@pytest.fixture(autouse=True)
def _time_enough(monkeypatch):
    """The machine of the tests may be as busy as it likes: what is judged is the site."""
    monkeypatch.setattr(Pressure, "contended", lambda self: False)


@pytest.fixture
def _no_journeys_of_others():
    before = dict(REGISTERED)
    REGISTERED.clear()
    yield
    REGISTERED.clear()
    REGISTERED.update(before)


@pytest.fixture
def go(warm, site, _no_journeys_of_others):
    """Run a script as a journey; `target` are words about the site."""

    async def go(script, target=None, **options):
        journey("test", **({"slow": "9s"} | options))(script)
        named = {"base_url": site.url, "app": "site", "env": "test", "location": "here"} | (target or {})
        return await run(REGISTERED.pop("test"), warm, Target(**named))

    return go
