"""What is added to a beacon at the edge: whose address range, which country, which browser, a program or a person.

The address itself is shortened before anything else looks at it, and never leaves this room.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import ua_parser
from ua_parser.loaders import load_builtins
from ua_parser.regex import Resolver

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

CACHED = 4096
"""User agents and addresses that are remembered: a site's visitors share a few hundred user agents."""

LONGEST_AGENT = 512

Device = Literal["unknown", "phone", "tablet", "desktop"]


class BadNetwork(ValueError):
    """A trusted proxy that is no address and no network."""


class NoCountries(Exception):
    """The file of countries cannot be used; says why and what would be right."""


class Browser(NamedTuple):
    """What a user agent tells."""

    family: str
    device: Device
    is_bot: bool


@lru_cache(CACHED)
def shortened(address: str) -> str:
    """The /24 or /48 that an address lies in; "" for what is none.

    >>> shortened("203.0.113.77"), shortened("2001:db8:1:2::3"), shortened("::ffff:203.0.113.77")
    ('203.0.113.0', '2001:db8:1::', '203.0.113.0')
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    mapped = found.ipv4_mapped if found.version == 6 else None
    found = mapped or found
    bits = 24 if found.version == 4 else 48
    return str(ipaddress.ip_network((found, bits), strict=False).network_address)


def networks(text: str) -> list[Network]:
    """Read addresses and networks, parted by commas. Raises BadNetwork."""
    found = []
    for word in filter(None, (word.strip() for word in text.split(","))):
        try:
            found.append(ipaddress.ip_network(word, strict=False))
        except ValueError:
            raise BadNetwork(f"{word!r} is no address and no network; right would be 10.0.0.0/8, ::1") from None
    return found


class Visitors:
    """Tells which address a request comes from, seen through the proxies that are trusted."""

    def __init__(self, trusted: Sequence[Network]) -> None:
        self._trusted = trusted
        self._is_trusted = lru_cache(CACHED)(self._look)

    def network(self, peer: str, forwarded: str) -> str:
        """The shortened address of the visitor: the last one in X-Forwarded-For that no proxy of ours wrote.

        The header of a peer that is not trusted says nothing: anybody can write one.
        """
        if self._trusted and forwarded and self._is_trusted(peer):
            for hop in reversed(forwarded.split(",")):
                address = _bare(hop.strip())
                if not self._is_trusted(address):
                    return shortened(address)
        return shortened(peer)

    def _look(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._trusted)


def _bare(hop: str) -> str:
    """An address without brackets and port, as some proxies write them.

    >>> _bare("[2001:db8::1]:443"), _bare("203.0.113.7:5000"), _bare("203.0.113.7")
    ('2001:db8::1', '203.0.113.7', '203.0.113.7')
    """
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def countries(path: str) -> Callable[[str], str]:
    """What tells the country of a shortened address by the MaxMind file at `path`; without a file, nothing does.

    Raises NoCountries.
    """
    if not path:
        return lambda network: ""
    try:
        import maxminddb
    except ImportError:
        raise NoCountries("a file of countries needs maxminddb: pip install 'snagwatch[country]'") from None
    try:
        reader = maxminddb.open_database(path)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        raise NoCountries(f"the file of countries {path} cannot be used: {error}") from None

    @lru_cache(CACHED)
    def country(network: str) -> str:
        found = reader.get(network) if network else None
        code = found.get("country") if isinstance(found, dict) else None
        iso = code.get("iso_code") if isinstance(code, dict) else None
        return iso if isinstance(iso, str) and re.fullmatch("[A-Z]{2}", iso) else ""

    return country


_PROGRAM = re.compile(r"bot\b|crawl|spider|lighthouse|pingdom|gtmetrix|pagespeed|uptime", re.IGNORECASE)
"""Crawlers and monitors that visit pages and say so. A headless browser, or a program that sends for an app of its
own, may well stand for a person."""


@lru_cache(CACHED)
def browser(agent: str) -> Browser:
    """What the User-Agent header tells. Families come from the uap-core project."""
    agent = agent[:LONGEST_AGENT]
    found = _families().parse_user_agent(agent)
    family = found.family[:64] if found else ""
    return Browser(family, _device(agent), bool(_PROGRAM.search(agent)))


@lru_cache(1)
def _families() -> ua_parser.Parser:
    """Its rules for browsers alone: those for devices cost 20 MiB, and the agent knows its device."""
    return ua_parser.Parser(Resolver((load_builtins()[0], [], [])))


def _device(agent: str) -> Device:
    """By what browsers write on purpose ("Mobi", after MDN); Android without it is a tablet."""
    if "iPad" in agent or "Tablet" in agent or ("Android" in agent and "Mobi" not in agent):
        return "tablet"
    if "Mobi" in agent:
        return "phone"
    return "desktop" if any(name in agent for name in ("Windows NT", "Macintosh", "X11")) else "unknown"
