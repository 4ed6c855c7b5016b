"""What an adapter is: how a vendor signs, what its deliveries say in our words, and how it is asked for what changed."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from collector.contacts.mapping import Mapped

Record = Mapping[str, Any]


class Unreadable(ValueError):
    """A delivery that this vendor would not send; says what was found and what was expected."""


class Ask(NamedTuple):
    """One request of a pull, below the source's URL."""

    method: str
    path: str
    params: Mapping[str, str] = {}
    json: Any = None


class Page(NamedTuple):
    """What an answer held."""

    objects: list[Any]
    cursor: str
    """Where to go on, kept in the store with what it brought."""
    done: bool
    """Nothing newer for now."""


class Login(NamedTuple):
    """What a pull signs in with."""

    user: str
    token: str
    options: Mapping[str, str]


class Pull(Protocol):
    """A vendor's list of what changed. Pure: says what to ask and what an answer means."""

    lag_s: int
    """What changed in the last seconds may still be missing from the list."""

    def headers(self, login: Login) -> Mapping[str, str]:
        """How the vendor wants to be signed in to."""
        ...

    def first(self, since: datetime) -> str:
        """The cursor of a first pull."""
        ...

    def ask(self, cursor: str, login: Login) -> Ask:
        """The request of one page."""
        ...

    def page(self, answer: Any, cursor: str, now: datetime) -> Page:
        """What the answer says. Raises Unreadable."""
        ...


class Adapter(NamedTuple):
    """One vendor."""

    name: str
    scheme: str
    """Name of the signature in signatures.SCHEMES."""
    read: Callable[[Any, Mapping[str, str], Mapped], list[Record]]
    """A delivery (JSON, or the pairs of a form) with its headers, names in lower case, to records of the contract;
    raises Unreadable."""
    mapped: Mapped = Mapped()
    pull: Pull | None = None
    snapshot: Callable[[Any, Mapped], list[Record]] | None = None
    """An object of a pull, or a line of a file, to records; None: through the mapping."""
    channel: str = ""
    """What a contact without a channel came by."""
    intervals: bool = False
    """Whether its records are counts of intervals, not contacts."""

    def records(self, found: Any, mapped: Mapped) -> list[Record]:
        """An object as a pull or a file holds it. Raises Unreadable."""
        if self.snapshot is not None:
            return self.snapshot(found, mapped)
        return [mapped.apply(found)]


def obj(value: Any, where: str) -> dict[str, Any]:
    """`value`, which must be an object. Raises Unreadable."""
    if not isinstance(value, dict):
        raise Unreadable(f"{where} is not an object; has the vendor changed what it sends?")
    return value


def items(value: Any, where: str) -> list[Any]:
    """`value`, which must be a list. Raises Unreadable."""
    if not isinstance(value, list):
        raise Unreadable(f"{where} is not a list; has the vendor changed what it sends?")
    return value


OVERLAP = timedelta(seconds=1)
"""How far a question goes back behind the newest change met: vendors round times to seconds."""


class Changes:
    """A list of what changed since a moment, in pages: the shape of most vendors' lists.

    The cursor holds since when, which page, and the newest change met. A page is followed by the question for what changed
    since its newest change; numbers of pages are used only where one moment fills more than a page. At the end the next
    pull begins `lag_s` before the newest: what was committed late is met then, and what comes twice is the same row.
    """

    def __init__(
        self,
        *,
        headers: Callable[[Login], Mapping[str, str]],
        ask: Callable[[datetime, str, Login], Ask],
        found: Callable[[Any], tuple[list[Any], str]],
        changed: Callable[[Any], datetime],
        most_pages: int = 0,
        lag_s: int = 120,
    ) -> None:
        """`ask`: since when, and the page, "" being the first. `found`: an answer's objects and the next page, "" after
        the last. `most_pages`: after so many the vendor wants a new question; 0: never."""
        self.lag_s = lag_s
        self._headers, self._ask, self._found, self._changed = headers, ask, found, changed
        self._most = most_pages

    def headers(self, login: Login) -> Mapping[str, str]:
        return self._headers(login)

    def first(self, since: datetime) -> str:
        return json.dumps({"since": since.isoformat()})

    def ask(self, cursor: str, login: Login) -> Ask:
        at = json.loads(cursor)
        return self._ask(datetime.fromisoformat(at["since"]), at.get("page", ""), login)

    def page(self, answer: Any, cursor: str, now: datetime) -> Page:
        at = json.loads(cursor)
        objects, following = self._found(answer)
        since = datetime.fromisoformat(at["since"])
        times = [*map(self._changed, objects)]
        newest = max([datetime.fromisoformat(at.get("newest", at["since"])), *times])
        if following and times == sorted(times) and newest - OVERLAP > since:
            # The list closes up where something changes meanwhile: what follows is asked for by time, not by its page.
            return Page(objects, json.dumps({"since": (newest - OVERLAP).isoformat()}), False)
        if not following:
            ahead = max(since, newest - timedelta(seconds=self.lag_s))
            return Page(objects, json.dumps({"since": ahead.isoformat()}), True)
        pages = at.get("pages", 0) + 1
        if self._most and pages >= self._most:
            if newest <= since:
                raise Unreadable(f"more than {pages} pages changed at {since.isoformat()}; they cannot be told apart")
            return Page(objects, json.dumps({"since": newest.isoformat()}), False)
        there = {"since": at["since"], "page": following, "newest": newest.isoformat(), "pages": pages}
        return Page(objects, json.dumps(there), False)


def moment(value: Any, where: str) -> datetime:
    """A vendor's time, UTC where it says nothing else. Raises Unreadable."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value / 1000 if abs(value) >= 1e11 else value, UTC)
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise Unreadable(f"{where} is {str(value)[:40]!r}, no time; has the vendor changed what it sends?") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def zulu(at: datetime) -> str:
    """As most vendors want a time.

    >>> zulu(datetime(2026, 11, 21, 12, tzinfo=UTC))
    '2026-11-21T12:00:00Z'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def bearer(login: Login) -> Mapping[str, str]:
    """Signed in with a bearer token."""
    return {"Authorization": f"Bearer {login.token}"}


def basic(login: Login) -> Mapping[str, str]:
    """Signed in with user and password."""
    both = f"{login.user}:{login.token}".encode()
    return {"Authorization": f"Basic {base64.b64encode(both).decode()}"}


def given(record: dict[str, Any]) -> dict[str, Any]:
    """Without the fields that hold nothing."""
    return {name: value for name, value in record.items() if value not in (None, "", [])}
