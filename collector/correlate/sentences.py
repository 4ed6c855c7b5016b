"""Each rival cause in a sentence a support lead can read. Times are left to the caller."""

from collector.correlate.following import LEAST_EARLY, LEAST_GAIN, LEAST_SHARE, Following
from collector.correlate.friction import Rise
from collector.correlate.infrastructure import SESSIONS, Slowdown
from collector.correlate.rival_causes import FrictionCandidate, InfrastructureCandidate
from collector.correlate.traffic import NOTICEABLE, Traffic
from collector.correlate.types import MOST_P, Annotation, Cause, Rival, State

SOME_SHARE = 0.15
"""A cause beside the verdict is named from this share of the extra contacts on."""


def say_traffic(traffic: Traffic, extra: float) -> Rival:
    """More visitors, or not."""
    if not traffic.known:
        return _rival("traffic", "not_checked", None, "Sessions are not known for this time.")
    share = min(1.0, max(0.0, traffic.share))
    if traffic.holds:
        reason = (
            f"There were {traffic.ratio:.1f} times the usual sessions; at the usual rate of contacts "
            f"they bring about {share:.0%} of the {extra:.0f} extra contacts."
        )
        return _rival("traffic", "holds", share, reason)
    if traffic.ratio >= NOTICEABLE and share >= SOME_SHARE:
        reason = (
            f"There were {traffic.ratio:.1f} times the usual sessions as well, which bring about {share:.0%} of the "
            f"{extra:.0f} extra contacts."
        )
        return _rival("traffic", "holds", share, reason)
    if traffic.ratio < NOTICEABLE:
        reason = f"There were {traffic.ratio:.2f} times the usual sessions, which is no more than usual."
    else:
        reason = (
            f"There were {traffic.ratio:.1f} times the usual sessions, which at the usual rate of contacts "
            f"bring only {share:.0%} of the {extra:.0f} extra contacts."
        )
    return _rival("traffic", "ruled_out", share, reason)


def say_infrastructure(
    candidate: InfrastructureCandidate | None,
    lasting: Slowdown | None,
    known: bool,
    holds: bool,
    extra: float,
) -> Rival:
    """Slower or failing, or not, or already so before."""
    if not known:
        return _rival("infrastructure", "not_checked", None, "No performance series is known for this time.")
    if candidate is None and lasting is not None:
        reason = f"{_how_much_worse(lasting)}, but hardly worse than just before."
        return _rival("infrastructure", "ruled_out", 0.0, reason)
    if candidate is None:
        reason = "Response times and server errors were no worse than usual."
        return _rival("infrastructure", "ruled_out", 0.0, reason)
    following = candidate.following
    share = following.share_brought(extra) if holds else min(1.0, following.share)
    worse = _how_much_worse(candidate.slowdown)
    if holds:
        reason = f"{worse}, and about {share:.0%} of the extra contacts follow it."
        return _rival("infrastructure", "holds", share, reason)
    return _rival("infrastructure", "ruled_out", share, f"{worse}, but {_why_not(following)}.")


def say_friction(
    candidates: list[FrictionCandidate],
    keys: int,
    checked: bool,
    holds: bool,
    against: str | None,
    p: float | None,
    extra: float,
) -> Rival:
    """Friction, which, or none."""
    if not checked or not keys:
        return _rival("friction", "not_checked", None, "No friction series is known for this time.")
    if not candidates:
        reason = f"None of the {keys} kinds of friction rose above what is usual for its page."
        return _rival("friction", "ruled_out", 0.0, reason)
    best = candidates[0]
    share = best.following.share_brought(extra) if holds else min(1.0, best.following.share)
    rose = _how_it_rose(best.key, best.rise)
    if holds:
        reason = f"{rose}, and about {share:.0%} of the extra contacts follow it."
        return _rival("friction", "holds", share, reason)
    if p is not None and p > MOST_P and against is None and best.following.holds:
        return _rival("friction", "ruled_out", share, f"{rose}, but other days match as well in {p:.0%} of cases.")
    if p is not None and against is None and best.following.holds:
        return _rival("friction", "ruled_out", share, f"{rose}, but the contacts rise and fall too unlike it.")
    why = f"the contacts are mostly about {against!r}" if against else _why_not(best.following)
    return _rival("friction", "ruled_out", share, f"{rose}, but {why}.")


def say_event(note: Annotation | None, holds: bool, noted: bool) -> Rival:
    """A known event, or none; noted: whether events of this time would be on record."""
    if note is None:
        reason = (
            "No annotation covers this time or comes directly before it."
            if noted
            else "Not checked: nobody recorded events around this time, so there is nothing to compare with."
        )
        return _rival("event", "ruled_out" if noted else "not_checked", None, reason)
    title = note.get("title") or note.get("kind")
    if holds:
        reason = (
            f"{title!r} ({note.get('kind')}) covers this time or comes directly before it, and no other cause holds."
        )
        return _rival("event", "holds", None, reason)
    return _rival(
        "event",
        "not_checked",
        None,
        f"{title!r} ({note.get('kind')}) is near, but another cause explains more.",
    )


def _how_much_worse(slow: Slowdown) -> str:
    if slow.name == SESSIONS:
        return f"sessions fell to {slow.ratio:.0%} of their usual number"
    return f"{slow.name} was {slow.ratio:.1f} times its usual value"


def _how_it_rose(key: str, rise: Rise) -> str:
    return f"{key} hit {rise.sessions:.0f} sessions where {rise.usual:.1f} are usual"


def _why_not(following: Following) -> str:
    if following.gain < LEAST_GAIN:
        return "contacts do not follow it in time"
    if following.early < LEAST_EARLY:
        return "the contacts rose before it did"
    if following.share < LEAST_SHARE:
        return f"it explains only {following.share:.0%} of the extra contacts"
    return "another cause explains them better"


def _rival(cause: Cause, state: State, explained: float | None, reason: str) -> Rival:
    return Rival(cause=cause, state=state, explained=explained, reason=reason)
