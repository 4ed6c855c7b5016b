"""A picture of a page in which everything that may show a secret is covered, in every frame.

Who calls this has stopped Playwright's trace before: what is looked for would stand in it.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from synthetic.secrets import Secrets

MARK = "data-snag-covered"
CONCEALED = (
    "input:not([type=submit]):not([type=button]):not([type=checkbox]):not([type=radio]), textarea, select, "
    f"[contenteditable], canvas, video, embed, object, [{MARK}]"
)
"""Fields, what cannot be read by its elements, and texts that were found to show a secret."""

_FIND = """([values, mark]) => {
  const plain = (text) => text.replace(/[\\s\\u00a0.\\-]+/g, "");
  const wanted = values.map(plain).filter(Boolean);
  const shows = (element) => {
    const text = plain(element.textContent + [...element.attributes].map((a) => a.value).join(" "));
    return wanted.some((value) => text.includes(value));
  };
  const look = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) look(element.shadowRoot);
      if (/^(SCRIPT|STYLE|HTML|HEAD)$/.test(element.tagName) || !shows(element)) continue;
      if ([...element.children].some(shows)) continue;
      element.setAttribute(mark, "");
      // A text may stand out of the box that is covered, so it is not painted at all.
      element.style.setProperty("opacity", "0", "important");
    }
  };
  look(document);
}"""


async def picture(page: Any, to: Path, secrets: Secrets, timeout_s: float) -> None:
    """Write a JPEG of what is in view. Raises where a frame cannot be looked through: then there is no picture."""
    mask = []
    if secrets:
        frames = page.frames
        await asyncio.gather(*(frame.evaluate(_FIND, [secrets.values, MARK]) for frame in frames))
        mask = [frame.locator(CONCEALED) for frame in frames]
    await page.screenshot(path=to, type="jpeg", quality=70, mask=mask, timeout=timeout_s * 1000, animations="disabled")
