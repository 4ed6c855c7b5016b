"""The page Contact surge: are there more contacts than usual, do they follow the site, and is it over?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from collector.correlate import Surge
from collector.store.feedback import Link, links
from collector.store.grids import STEP_S
from collector.store.surges import Kept, history
from collector.surges.find import ContactsMissing, Found
from collector.surges.wording import few, friction_point, no_surge, reservations, tell
from collector.web.charts import Chart, Line
from collector.web.format import Number, between, clock, duration, percent
from collector.web.plot import curves, total
from collector.web.scope import Look
from collector.web.strings import T
from collector.web.surge_series import points, recall, surge_of, with_series

DAYS = 14
"""Days before, whose same hours show what is usual."""


def answer(look: Look) -> dict[str, Any]:
    """The newest standing surge in full, or the calm, and the list of all."""
    every = recall(look)
    standing = [(one, surge) for one, surge in every if one.state == "standing"]
    newest = standing[0] if standing else None
    try:
        calm = with_series(look, None, visits=newest is None)
    except ContactsMissing as error:
        calm, missing = None, str(error)
    else:
        missing = ""
    return {
        "missing": missing,
        "now": _now(look, calm) if calm else [],
        "surge": article(look, *newest) if newest else None,
        "calm": {"words": no_surge(calm), "charts": charts(calm, None)} if calm and not newest else None,
        "reservations": reservations(calm) if calm else [],
        "surges": [_row(look, look.href(f"/surges/{one.surge_id}"), one.state, surge) for one, surge in every],
        "complete": complete(look),
    }


def judged(look: Look, found: Found | None, missing: str) -> dict[str, Any]:
    """The same for a report, of surges that were judged just now; the newest is told in full."""
    newest = found.surges[-1] if found and found.surges else None
    return {
        "missing": missing,
        "now": _now(look, found) if found else [],
        "surge": told(look, found, newest) if found and newest else None,
        "calm": {"words": no_surge(found), "charts": charts(found, None)} if found and not newest else None,
        "reservations": reservations(found) if found else [],
        "surges": [_row(look, "", "standing", surge) for surge in (found.surges[::-1] if found else [])],
        "complete": complete(look),
    }


def one(look: Look, surge_id: UUID) -> dict[str, Any] | None:
    """A surge in full, with every account that was given of it; None: there is no such surge."""
    found = surge_of(look, surge_id)
    if found is None:
        return None
    told = [
        {
            "at": clock(judged, look.zone),
            "state": T.surge.states.of(state),
            "verdict": T.verdicts.of(verdict),
            "extra": f"+{extra:.0f}",
            "algorithm": algorithm,
        }
        for judged, state, verdict, _, _, extra, algorithm in history(look.store, look.app, surge_id)
    ]
    return {"surge": article(look, *found), "history": told, "complete": complete(look)}


def article(look: Look, kept: Kept, surge: Surge) -> dict[str, Any]:
    """One surge as a page or report tells it."""
    found = with_series(look, surge)
    return {
        **told(look, found, surge),
        "id": str(kept.surge_id),
        "state": kept.state,
        "points": [
            {
                "words": friction_point(key, found.elements),
                "fingerprint": fingerprint,
                "element": element,
                "visits": visits,
            }
            for key, some in points(look, surge).items()
            for fingerprint, element, visits in some
        ],
        "is_over": _is_over(look, found, surge),
        "loops": [_loop(link) for link in links(look.store, look.app) if _is_about(link, surge)],
    }


def told(look: Look, found: Found, surge: Surge) -> dict[str, Any]:
    """The account of a surge: words, numbers, charts and what else it could be."""
    return {
        "story": tell(surge, found),
        "verdict": surge.verdict,
        "numbers": numbers(look, surge),
        "charts": charts(found, surge),
    }


def numbers(look: Look, surge: Surge) -> list[Number]:
    """The surge in numbers; intervals hold 90 %."""
    n = f"n = {surge.observed:.0f} {T.surge.contacts}"

    def in_90(low: float | None, high: float | None, unit: str = "", scale: float = 1) -> str:
        known = None if low is None or high is None else (low, high)
        words = between(known, unit, 0, scale)
        return f"{words} ({T.numbers.interval_90})" if words else ""

    found = [
        Number(T.surge.extra, f"+{surge.extra:.0f}", in_90(surge.extra_low, surge.extra_high), n),
        Number(
            T.surge.ratio,
            f"{surge.ratio:.1f}×" if surge.ratio else T.numbers.none,
            T.surge.instead.format(observed=f"{surge.observed:.0f}", expected=few(surge.expected)),
            n,
        ),
    ]
    if surge.lag_s is not None:
        found.append(
            Number(
                T.surge.lag,
                duration(surge.lag_s),
                in_90(surge.lag_low_s, surge.lag_high_s, " min", 1 / 60),
                n,
            )
        )
    if surge.attributed is not None and surge.extra > 0:
        found.append(
            Number(
                T.surge.attributed,
                percent(min(1.0, surge.attributed / surge.extra), 0),
                in_90(surge.attributed_low, surge.attributed_high, f" {T.surge.contacts}"),
                n,
            )
        )
    if surge.to_come is not None:
        found.append(Number(T.surge.to_come, f"+{surge.to_come:.0f}", in_90(surge.to_come_low, surge.to_come_high), n))
    if surge.q is not None:
        found.append(Number(T.surge.q, f"{surge.q:.2g}", T.surge.q_means, n))
    if surge.confidence is not None:
        found.append(Number(T.surge.sure, percent(surge.confidence, 0), T.surge.sure_means, n))
    return found


def charts(found: Found, surge: Surge | None) -> list[Chart]:
    """Contacts above, what they follow below, by quarters of an hour."""
    shown, times = curves(found, surge)
    band = None
    if surge:
        band = (
            datetime.fromtimestamp(surge.start, times[0].tzinfo),
            datetime.fromtimestamp(surge.end, times[0].tzinfo),
        )
    return [
        Chart(
            curve.title,
            "",
            times,
            [
                Line(T.charts.counted, curve.values.tolist(), "bars", curve.ink),
                Line(T.charts.usual, curve.usual.tolist(), "dashes", "ink"),
            ],
            band,
        )
        for curve in shown
    ]


def complete(look: Look) -> list[tuple[str, str, str]]:
    """Each source of contacts, how far it is complete, and how long ago that is."""
    return [
        (name, clock(ts, look.zone), duration(max(0.0, (look.now - ts).total_seconds())))
        for name, ts in look.store.watermarks().items()
    ]


def _now(look: Look, found: Found) -> list[Number]:
    """The last judged hours against the same hours of the days before."""
    out = []
    contacts = total(found.grids.channels, len(found.grids.sessions))
    end = int(found.judged_through.timestamp() - found.grids.start) // STEP_S
    day = 86400 // STEP_S
    for what, bins in ((T.surge.last_hour, 12), (T.surge.last_day, day)):
        start = end - bins
        now = float(np.nansum(contacts[max(0, start) : end]))
        before = [
            float(contacts[start - back * day : end - back * day].sum())
            for back in range(1, DAYS + 1)
            if start - back * day >= 0
        ]
        usual = sorted(n for n in before if not np.isnan(n))
        href = look.href("/surges")
        n = T.surge.of_days.format(n=len(usual))
        if len(usual) < 7:
            out.append(Number(what, f"{now:.0f}", T.surge.no_usual, n, href))
            continue
        spread = T.surge.usual_days.format(
            low=f"{usual[0]:.0f}", middle=few(float(np.median(usual))), high=f"{usual[-1]:.0f}"
        )
        out.append(Number(what, f"{now:.0f}", spread, n, href, "bad" if now > usual[-1] else ""))
    return out


def _row(look: Look, href: str, state: str, surge: Surge) -> dict[str, Any]:
    best = friction_point(surge.keys[0]["key"], {}) if surge.verdict == "friction" and surge.keys else surge.event or ""
    return {
        "href": href,
        "from": clock(surge.start, look.zone),
        "to": clock(surge.end, look.zone),
        "extra": f"+{surge.extra:.0f}",
        "spread": between((surge.extra_low, surge.extra_high), "", 0),
        "n": f"{surge.observed:.0f}",
        "verdict": T.verdicts.of(surge.verdict),
        "best": best,
        "sure": "–" if surge.confidence is None else percent(surge.confidence, 0),
        "q": "–" if surge.q is None else f"{surge.q:.2g}",
        "lag": duration(surge.lag_s),
        "state": T.surge.states.of(state),
    }


def _is_over(look: Look, found: Found, surge: Surge) -> str:
    end = datetime.fromtimestamp(surge.end, UTC)
    if found.judged_through <= end + timedelta(seconds=STEP_S):
        return str(T.surge.going_on).format(at=clock(found.judged_through, look.zone))
    return str(T.surge.over).format(at=clock(end, look.zone))


def _is_about(link: Link, surge: Surge) -> bool:
    return link.contact_reason in surge.topics or any(
        key["key"] == f"{link.page_group}|{link.kind}" for key in surge.keys
    )


def _loop(link: Link) -> dict[str, str]:
    return {
        "reason": link.contact_reason,
        "point": friction_point(f"{link.page_group}|{link.kind}", {}),
        "state": T.feedback.states.of(link.state),
        "owner": link.owner,
        "release": link.release,
    }
