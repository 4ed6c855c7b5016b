"""What a request says about its client: network, country, browser, device, and whether it is a bot.

The address is shortened before anything else uses it, and never leaves this module.
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

from collector.settings import Network

CACHED = 4096
"""User agents and addresses to cache: a site's visitors share a few hundred user agents."""

LONGEST_AGENT = 512

Device = Literal["unknown", "phone", "tablet", "desktop"]


class NoCountries(Exception):
    """The file of countries cannot be used; says why and what was expected."""


class Browser(NamedTuple):
    """What a User-Agent header says."""

    family: str
    device: Device
    is_bot: bool


@lru_cache(CACHED)
def shortened(address: str) -> str:
    """Return the /24 or /48 of an address; "" if it is not a valid address.

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


class Visitors:
    """Finds the visitor's network behind trusted proxies."""

    def __init__(self, trusted: Sequence[Network]) -> None:
        self._trusted = trusted
        self._is_trusted = lru_cache(CACHED)(self._look)

    def network(self, peer: str, forwarded: str) -> str:
        """Return the visitor's shortened address: the last one in X-Forwarded-For that is not a trusted proxy's.

        The header is ignored if the peer is not trusted: anybody can write one.
        """
        return shortened(self.address(peer, forwarded))

    def address(self, peer: str, forwarded: str) -> str:
        """Return the whole address of who asks, by the same rule: for lists of who may, never to be kept."""
        if self._trusted and forwarded and self._is_trusted(peer):
            for hop in reversed(forwarded.split(",")):
                address = _bare(hop.strip())
                if not self._is_trusted(address):
                    return address
        return peer

    def _look(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._trusted)


def _bare(hop: str) -> str:
    """Return an address without the brackets and port that some proxies write.

    >>> _bare("[2001:db8::1]:443"), _bare("203.0.113.7:5000"), _bare("203.0.113.7")
    ('2001:db8::1', '203.0.113.7', '203.0.113.7')
    """
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def countries(path: str) -> Callable[[str], str]:
    """Return a function from network to country, by the MaxMind file at `path`; "" for all if there is no file.

    Raises NoCountries.
    """
    if not path:
        return lambda network: ""
    try:
        import maxminddb
    except ImportError:
        raise NoCountries("SNAG_COUNTRY_FILE needs maxminddb: pip install 'snagwatch[country]'") from None
    try:
        reader = maxminddb.open_database(path)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        raise NoCountries(f"SNAG_COUNTRY_FILE: cannot read {path}: {error}") from None

    @lru_cache(CACHED)
    def country(network: str) -> str:
        found = reader.get(network) if network else None
        code = found.get("country") if isinstance(found, dict) else None
        iso = code.get("iso_code") if isinstance(code, dict) else None
        return iso if isinstance(iso, str) and re.fullmatch("[A-Z]{2}", iso) else ""

    return country


_PROGRAM = re.compile(r"bot\b|crawl|spider|lighthouse|pingdom|gtmetrix|pagespeed|uptime", re.IGNORECASE)
"""Crawlers and monitors that visit pages and say so. A headless browser, or a program with an app of its own, may
well stand for a person."""


@lru_cache(CACHED)
def browser(agent: str) -> Browser:
    """Parse a User-Agent header. Families come from the uap-core project."""
    agent = agent[:LONGEST_AGENT]
    found = _families().parse_user_agent(agent)
    family = found.family[:64] if found else ""
    return Browser(family, _device(agent), bool(_PROGRAM.search(agent)))


@lru_cache(1)
def _families() -> ua_parser.Parser:
    """Load the rules for browsers only: those for devices cost 20 MiB, and the agent knows its device."""
    return ua_parser.Parser(Resolver((load_builtins()[0], [], [])))


def _device(agent: str) -> Device:
    """Tell the device by what browsers write on purpose ("Mobi", see MDN); Android without it is a tablet."""
    if "iPad" in agent or "Tablet" in agent or ("Android" in agent and "Mobi" not in agent):
        return "tablet"
    if "Mobi" in agent:
        return "phone"
    return "desktop" if any(name in agent for name in ("Windows NT", "Macintosh", "X11")) else "unknown"
