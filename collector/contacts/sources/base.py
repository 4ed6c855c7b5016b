"""What an adapter is: how a vendor signs, what its deliveries say in our words, and how it is asked for what changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from collector.contacts.mapping import Mapped

Record = Mapping[str, Any]


class Unreadable(ValueError):
    """A delivery that this vendor would not send; says what was met and what would be right."""


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

    def page(self, answer: Any, cursor: str) -> Page:
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

    def records(self, found: Any, mapped: Mapped) -> list[Record]:
        """An object as a pull or a file holds it. Raises Unreadable."""
        if self.snapshot is not None:
            return self.snapshot(found, mapped)
        return [mapped.apply(found)]


def obj(value: Any, where: str) -> dict[str, Any]:
    """`value`, which must be an object. Raises Unreadable."""
    if not isinstance(value, dict):
        raise Unreadable(f"{where} is no object; has the vendor changed what it sends?")
    return value


def items(value: Any, where: str) -> list[Any]:
    """`value`, which must be a list. Raises Unreadable."""
    if not isinstance(value, list):
        raise Unreadable(f"{where} is no list; has the vendor changed what it sends?")
    return value
