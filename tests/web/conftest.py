"""What the tests of the pages share: one planted store and one served collector for each file, one Chromium for all."""

import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from collector.settings import Settings
from collector.store import Store
from synthetic.browser import launched
from tests.conftest import emptied
from tests.web.planted import plant
from tests.web.site import served

HERE = Path(__file__).parent
AGENT = HERE.parents[1] / "agent"
AXE = AGENT / "node_modules/axe-core/axe.min.js"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all of them, which the browser and the served pages live in."""
    for item in items:
        if item.path.is_relative_to(HERE) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="module")
def planted(_opened: Store, tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Settings]:
    """A planted store: it takes seconds, and most tests only read."""
    store = emptied(_opened)
    return store, plant(store, tmp_path_factory.mktemp("planted"))


@pytest.fixture
def store(planted: tuple[Store, Settings]) -> Store:
    return planted[0]


@pytest.fixture
def settings(planted: tuple[Store, Settings]) -> Settings:
    return planted[1]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def url(dsn: str, planted: tuple[Store, Settings]) -> AsyncIterator[str]:
    """The pages of the planted store."""
    async with served(dsn, planted[1]) as address:
        yield address


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser():
    """One headless Chromium; each test has a context of its own in it."""
    async with launched() as (running, _):
        yield running


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core."""
    if not AXE.exists():
        if not shutil.which("npm"):
            pytest.fail("no npm: install Node 20, or run ./dev test, which brings it")
        subprocess.run(["npm", "ci"], cwd=AGENT, check=True, capture_output=True)
    return AXE.read_text(encoding="utf-8")
