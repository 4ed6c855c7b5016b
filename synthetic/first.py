"""A first journey that runs, for who has none yet."""

from __future__ import annotations

from pathlib import Path

from collector.errors import Failed

TEXT = '''"""A first journey: somebody opens the site and reads its heading. Change it into what your visitors do."""

from playwright.async_api import Page, expect

from synthetic import journey, step


@journey("front page", every="5m", timeout="60s", slow="2.5s", base_url="{base_url}")
async def front_page(page: Page) -> None:
    """Open the site."""
    async with step("open"):
        await page.goto("/")
    async with step("read", slow="1s"):
        await expect(page.get_by_role("heading").first).to_be_visible()
'''


def write(folder: Path, base_url: str) -> str:
    """Write it into `folder`; returns what to do next. Never overwrites. Raises Failed."""
    if "://" not in base_url or '"' in base_url:
        raise Failed(f"--base-url is '{base_url}', not an address; expected https://shop.example")
    file = folder / "front_page.py"
    if file.exists():
        raise Failed(f"{file} exists already; it was left as it is")
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(TEXT.format(base_url=base_url), encoding="utf-8")
    return f"{file} is written. Run it: snag journeys run {folder}"
