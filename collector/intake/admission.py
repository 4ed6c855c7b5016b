"""Admission of a decoded beacon: the steps between the request and the queue, in the order of `STEPS`.

Each step is `(beacon, context) -> Kept | Refused`. It may change the beacon and fill in the context; whoever runs the
steps counts what they did by their names. The last thing that happens to a beacon, the queue, is not a step: it
answers later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from collector.events import KINDS, Beacon, Edge, Event, kind_of, texts
from collector.intake import limits
from collector.intake.apps import App, Apps
from collector.intake.client_info import Visitors, browser
from collector.intake.decode import skew_ms
from collector.intake.dedupe import Duplicates, key_of
from collector.intake.limits import Buckets
from collector.intake.load_shedding import kinds_to_shed
from collector.privacy.redact import redact
from collector.telemetry.outward import Outward, Passage

STRIPPED = ("page_group", "route", "error_place")
"""Fields that may come from an address: what stands behind a question mark there may name a person."""

ADDRESSES = frozenset({"route", "error_place", "artefacts"})
"""Texts that begin with a host: that is a server's name or address and stays."""

TEXTS: dict[type[Beacon] | type[Event], tuple[str, ...]] = {
    Beacon: texts(Beacon),
    **{cls: texts(cls) for cls in KINDS.values()},
}
"""Names of the texts that are redacted, by what holds them."""

_redact = lru_cache(maxsize=4096)(redact)
"""A site's pages, elements and messages are few and recur."""

UNKNOWN = b"?"
"""Content that may hold anything."""


class Kept(NamedTuple):
    """The beacon goes on to the next step."""

    changed: bool


UNCHANGED, CHANGED = Kept(changed=False), Kept(changed=True)


class Refused(NamedTuple):
    """The beacon goes no further."""

    status: int
    """204: acknowledged without being queued."""
    reason: str
    message: str = ""
    place: str = ""
    """For the log; nothing that the sender wrote, but the name of a site or an origin."""
    retry_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What this collector accepts from whom. The defaults accept everything."""

    apps: Apps = field(default_factory=Apps)
    visitors: Visitors = field(default_factory=lambda: Visitors(()))
    country: Callable[[str], str] = lambda network: ""
    address_events_per_s: float = 0.0
    """Events of one network for one site in the long run; 0: no limit."""
    foreign: frozenset[str] = frozenset()
    """Other vendors' agents that are accepted, of collector.intake.foreign.AGENTS."""
    links: bool = True
    """Whether visitors who agreed to it may be linked to their contacts; False: nobody is."""


class Memory:
    """What admission remembers of earlier beacons: the rates of sites and senders, and beacons that may be retried."""

    def __init__(self, policy: Policy, clock: Callable[[], float]) -> None:
        rate = policy.address_events_per_s
        self.duplicates = Duplicates()
        self.senders = Buckets(rate, clock) if rate else None
        self.sites = {
            name: Buckets(app.events_per_s, clock) for name, app in policy.apps.registered.items() if app.events_per_s
        }


class Context:
    """One request's surroundings, and what the steps found out about its beacon."""

    __slots__ = ("app", "content", "duplicate_key", "edge", "headers", "kinds", "memory", "network", "now", "outward",
                 "passage", "policy", "queue_share", "received_ns", "shed")  # fmt: skip

    def __init__(
        self,
        policy: Policy,
        memory: Memory,
        headers: Mapping[str, str],
        peer: str,
        *,
        now: float,
        queue_share: float,
        content: bytes = UNKNOWN,
        received_ns: int = 0,
        outward: Outward | None = None,
    ) -> None:
        """`headers` with names in lower case; `queue_share`: how full the queue is, 0 to 1; `content`: the body that
        the beacon was decoded from, so that its texts need not be looked at for a character that is not in it."""
        self.policy = policy
        self.memory = memory
        self.headers = headers
        self.network = policy.visitors.network(peer, headers.get("x-forwarded-for", ""))
        self.now = now
        self.content = UNKNOWN if b"\\u" in content else content
        self.queue_share = queue_share
        self.received_ns = received_ns
        self.outward = outward
        self.app: App | None = None
        self.duplicate_key = 0
        self.shed = 0
        """Events that were left out because the queue fills up."""
        self.kinds: list[str] = []
        self.edge: Edge | None = None
        self.passage: Passage | None = None


Step = Callable[[Beacon, Context], Kept | Refused]


def site(beacon: Beacon, context: Context) -> Kept | Refused:
    """Refuse apps that are not registered, and pages that may not send for theirs."""
    app = context.app = context.policy.apps.get(beacon.app)
    if app is None:
        return Refused(403, "unknown_app", f"app: '{beacon.app}' is not registered here", f"app {beacon.app}")
    origin = context.headers.get("origin")
    if origin and not app.allows(origin):
        return Refused(
            403,
            "origin",
            f"Origin: pages of this origin may not send for app '{beacon.app}'",
            f"app {beacon.app}, origin {origin[:100]!a}",
        )
    return UNCHANGED


def rate_limit(beacon: Beacon, context: Context) -> Kept | Refused:
    """Make sites and networks wait that send more than they may."""
    memory, events = context.memory, len(beacon.events)
    per_site = memory.sites.get(beacon.app)
    if per_site is not None and (wait_s := per_site.wait_s(beacon.app)):
        return Refused(429, "app_limit", "this site sends more events than it may", retry_s=wait_s)
    network = context.network
    if (
        memory.senders is not None and not network.startswith("127.") and network != "::"
    ):  # this machine is not a visitor
        sender = (beacon.app, network)
        if wait_s := memory.senders.wait_s(sender):
            return Refused(429, "address_limit", "this network sends more events than it may", retry_s=wait_s)
        memory.senders.take(sender, events)
    if per_site is not None:
        per_site.take(beacon.app, events)
    return UNCHANGED


def duplicate(beacon: Beacon, context: Context) -> Kept | Refused:
    """Acknowledge a retry of what is queued already."""
    key = context.duplicate_key = key_of(beacon)
    return Refused(204, "duplicate") if key in context.memory.duplicates else UNCHANGED


def sample(beacon: Beacon, context: Context) -> Kept | Refused:
    """Acknowledge the sessions that the site's sample leaves out. By session, so that all workers decide alike."""
    share = context.app.sample if context.app else 1.0
    if share >= 1 or beacon.traffic_source != "rum":
        return UNCHANGED
    drawn = (beacon.session_id.int * 0x9E3779B97F4A7C15 >> 20) % 2**32
    return UNCHANGED if drawn < share * 2**32 else Refused(204, "sampled")


def shed(beacon: Beacon, context: Context) -> Kept | Refused:
    """Leave out the least important kinds while the queue fills up."""
    kinds = kinds_to_shed(context.queue_share)
    if not kinds:
        return UNCHANGED
    rest = [event for event in beacon.events if kind_of(event) not in kinds]
    if not rest:
        message = "the queue is nearly full and accepts only events that stop people"
        return Refused(503, "shed", message, retry_s=limits.RETRY_S)
    context.shed = len(beacon.events) - len(rest)
    beacon.events = rest
    return CHANGED if context.shed else UNCHANGED


def strip(beacon: Beacon, context: Context) -> Kept | Refused:
    """Cut query strings off addresses."""
    result = UNCHANGED
    for event in beacon.events if b"?" in context.content else ():
        for name in STRIPPED:
            if "?" in (value := getattr(event, name, "")):
                setattr(event, name, value.partition("?")[0])
                result = CHANGED
    return result


def redact_texts(beacon: Beacon, context: Context) -> Kept | Refused:
    """Take personal data out of every text that is not of a closed vocabulary. The agent sends none; pages may."""
    result = UNCHANGED
    for holder in (beacon, *beacon.events):
        for name in TEXTS[type(holder)]:
            if value := getattr(holder, name):
                host, slash, path = value.partition("/") if name in ADDRESSES else ("", "", value)
                clean = host + slash + _redact(path)
                if clean != value:
                    setattr(holder, name, clean)
                    result = CHANGED
    return result


def cap_consent(beacon: Beacon, context: Context) -> Kept | Refused:
    """Lower consent where the profile, Global Privacy Control or Do Not Track says so; the agent does the same."""
    if beacon.consent != "full":
        return UNCHANGED
    headers = context.headers
    if context.policy.links and headers.get("sec-gpc") != "1" and headers.get("dnt") != "1":
        return UNCHANGED
    beacon.consent = "measurement"
    return CHANGED


def client_info(beacon: Beacon, context: Context) -> Kept | Refused:
    """Add what only the collector knows: when, from which country, by which browser."""
    received_ts = int(context.now * 1000)
    agent = browser(context.headers.get("user-agent", ""))
    if beacon.device == "unknown":
        beacon.device = agent.device
    context.edge = Edge(
        received_ts=received_ts,
        skew_ms=skew_ms(beacon.sent_ts, received_ts),
        country=context.policy.country(context.network),
        browser_family=agent.family,
        # A journey's browser says that it is automated; that is neither a secret nor a crawler.
        is_bot=agent.is_bot and beacon.traffic_source == "rum",
    )
    return UNCHANGED


def trace(beacon: Beacon, context: Context) -> Kept | Refused:
    """Start the beacon's trace, if traces are exported."""
    context.kinds = [kind_of(event) for event in beacon.events]
    if context.outward is not None:
        traceparent = context.headers.get("traceparent", "").encode("latin-1", "replace")
        context.passage = context.outward.begin(beacon.app, len(context.kinds), traceparent, context.received_ns)
    return UNCHANGED


STEPS: tuple[tuple[str, Step], ...] = (
    ("site", site),
    ("rate_limit", rate_limit),
    ("duplicate", duplicate),
    ("sample", sample),
    ("shed", shed),
    ("strip", strip),
    ("redact", redact_texts),
    ("cap_consent", cap_consent),
    ("client_info", client_info),
    ("trace", trace),
)
"""After the last one the beacon is enqueued."""


def admit(beacon: Beacon, context: Context, count: Callable[[str], None] = lambda step: None) -> Refused | None:
    """Run the steps; return the first refusal. `count` hears the name of each step that did something."""
    for name, step in STEPS:
        result = step(beacon, context)
        if result is not UNCHANGED:
            count(name)
            if type(result) is Refused:
                return result
    return None
