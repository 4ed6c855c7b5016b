"""One clock for browsers and collector that can be put forward: an hour and a half in a minute and a half.

Only the date is moved. Whatever is measured within a visit (clicks, waits, server times) stays as it really was.
"""

from __future__ import annotations

import time
from ctypes import c_double
from multiprocessing import get_context

SPAWN = get_context("spawn")
"""The embedded engine hangs in a forked child."""

_SHIFT = """
(() => {
  const offset = %d, Real = Date;
  const now = () => Real.now() + offset;
  const Shifted = new Proxy(Real, {
    construct: (target, args, made) => Reflect.construct(target, args.length ? args : [now()], made),
    apply: () => new Real(now()).toString(),
    get: (target, name) => name === "now" ? now : Reflect.get(target, name),
  });
  Real.prototype.constructor = Shifted;
  globalThis.Date = Shifted;
  const origin = performance.timeOrigin + offset;
  Object.defineProperty(performance, "timeOrigin", {get: () => origin});
})();
"""


class ShiftedClock:
    """Seconds since 1970 like time.time, moved by an offset that other processes see too."""

    def __init__(self) -> None:
        self._offset_s = SPAWN.Value(c_double, 0.0)

    def __call__(self) -> float:
        return time.time() + self._offset_s.value

    def put(self, ts: float) -> None:
        """Make it `ts` now."""
        self._offset_s.value = ts - time.time()

    def init_script(self) -> str:
        """What gives a page the clock as it stands now. Playwright's own clock would stretch the times within a
        visit and empty the navigation timings."""
        return _SHIFT % round(self._offset_s.value * 1000)
