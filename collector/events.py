"""The vocabulary: every event, field, unit and meaning, once.

Everything that must agree is generated from here by `python -m tools.generate`: the agent's types, the desired schema of
the store and docs/vocabulary.md. A test fails when one is stale.

`msgspec.Meta` gives each field its meaning, its bounds, and the type of its column.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, get_type_hints
from uuid import UUID

from msgspec import Meta, Struct

MAX_EVENTS = 200
"""Events in one beacon; the agent sends at most 100 a page, a journey's runner at most 200 a run."""

LATEST_TS = 4_102_444_800_000
"""2100-01-01 in ms: later times cannot be stored and are not plausible."""


def _label(meaning: str, *, longest: int = 64) -> Any:
    """A text that a page or a person may have written: it is redacted on its way in."""
    return Meta(description=meaning, max_length=longest, extra={"sql": "LowCardinality(String)", "text": True})


def _code(meaning: str, *, longest: int = 64) -> Any:
    """A text of a closed vocabulary, which our own agent, runner or collector chooses: it is kept as it is."""
    return Meta(description=meaning, max_length=longest, extra={"sql": "LowCardinality(String)", "text": False})


def _choice(meaning: str) -> Any:
    return Meta(description=meaning, extra={"sql": "LowCardinality(String)"})


def _count(meaning: str, sql: str) -> Any:
    bits = int(sql.removeprefix("UInt"))
    return Meta(description=meaning, ge=0, le=2**bits - 1, extra={"sql": sql})


def _flag(meaning: str) -> Any:
    return Meta(description=meaning, extra={"sql": "Bool"})


def _id(meaning: str) -> Any:
    return Meta(description=meaning, extra={"sql": "UUID"})


def _time(meaning: str) -> Any:
    return Meta(description=meaning, ge=0, le=LATEST_TS, extra={"sql": "DateTime64(3, 'UTC')"})


NO_ID = UUID(int=0)

Source = Literal["rum", "synthetic", "simulated"]
Consent = Literal["unknown", "necessary", "measurement", "full"]
Device = Literal["unknown", "phone", "tablet", "desktop"]
Vital = Literal["TTFB", "FCP", "LCP", "CLS", "INP"]
Initiator = Literal["document", "fetch", "xhr", "script", "style", "image", "other"]
Question = Literal["nps", "csat", "ces"]
Dropped = Literal["cap", "refused"]
ErrorSource = Literal["none", "script", "promise", "resource", "csp", "console"]
RunStatus = Literal["passed", "degraded", "flaky", "failed", "error"]
StepStatus = Literal["ok", "slow", "degraded", "failed", "skipped"]
Fault = Literal["none", "friction", "technical", "infrastructure", "monitor"]


class Event(Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind", gc=False):
    """Fields of every event."""

    table: ClassVar[str]

    event_id: Annotated[UUID, _id("id of the event, the same for each retry and revision")]
    client_ts: Annotated[int, _time("time of the event by the visitor's clock, ms since 1970 UTC, as sent")]
    revision: Annotated[int, _count("number of an update to the event; the highest replaces the others", "UInt16")] = 0
    view_id: Annotated[UUID, _id("one view of one page")] = NO_ID
    page_group: Annotated[str, _label("route template of the page, never a raw URL", longest=200)] = ""
    journey: Annotated[str, _label("journey that the event belongs to")] = ""
    step: Annotated[str, _label("step of that journey")] = ""


class PageView(Event, tag="page_view"):
    """A page, or a view of a single-page app, was opened."""

    table = "snag_experience.page_views"

    referrer_group: Annotated[str, _code("where the visitor came from: internal, external or none")] = ""
    variant: Annotated[str, _label("personalization: the variant that the site chose for the visitor")] = ""
    user_setting: Annotated[str, _label("customization: the setting that the visitor chose")] = ""


class Friction(Event):
    """Something that got in a visitor's way. Evidence only: its cause is classified later."""

    table = "snag_experience.friction_events"

    target: Annotated[str, _label("stable selector of the element, without text or values", longest=200)] = ""
    target_name: Annotated[str, _label("name of the element: data-snag-name, its label, or its role", longest=80)] = ""
    repeat_count: Annotated[int, _count("clicks, errors, rejections or refills in this event", "UInt16")] = 1
    duration_ms: Annotated[int, _count("how long the visitor waited, ms", "UInt32")] = 0
    threshold_ms: Annotated[int, _count("the limit that was exceeded, ms; 0: no limit", "UInt32")] = 0
    acknowledged: Annotated[bool, _flag("the page showed that it was working")] = False
    blocked: Annotated[bool, _flag("the visitor left or could not continue")] = False
    error_source: Annotated[ErrorSource, _choice("source of the error")] = "none"
    error_type: Annotated[str, _label("class of the error, such as TypeError")] = ""
    error_message: Annotated[
        str, _label("error message without digits, quoted text, addresses and query strings", longest=200)
    ] = ""
    error_place: Annotated[str, _label("script and line of the error, or the resource; without query", longest=200)] = (
        ""
    )
    first_party: Annotated[
        bool, _flag("the error is in the site's own code or servers, as far as the agent can tell")
    ] = True
    route: Annotated[str, _label("failed request: host and path template", longest=200)] = ""
    status: Annotated[int, _count("HTTP status of that request; 0: no response", "UInt16")] = 0
    offline: Annotated[bool, _flag("the browser reported that it was offline")] = False


class RageClick(Friction, tag="rage_click"):
    """Three or more quick clicks in one place without effect."""


class DeadClick(Friction, tag="dead_click"):
    """A click on something that looks clickable, without effect within two seconds."""


class ErrorClick(Friction, tag="error_click"):
    """A click that caused an error."""


class PageError(Friction, tag="page_error"):
    """An uncaught error, unhandled rejection, failed resource or CSP violation."""


class FailedAction(Friction, tag="failed_action"):
    """A request that a visitor's action caused failed."""


class ErrorPage(Friction, tag="error_page"):
    """The visitor got a 404 or 5xx page."""


class BlankPage(Friction, tag="blank_page"):
    """A page without visible content five seconds after it loaded."""


class SlowStep(Friction, tag="slow_step"):
    """The visible result of an action took longer than its limit."""


class UnresponsiveUi(Friction, tag="unresponsive_ui"):
    """The page was blocked for over a second while an action was waiting."""


class FormAbandonment(Friction, tag="form_abandonment"):
    """A form was started and not submitted."""


class ValidationLoop(Friction, tag="validation_loop"):
    """A form was rejected at least twice."""


class FieldRefill(Friction, tag="field_refill"):
    """A field had to be typed again."""


class RepeatedSubmit(Friction, tag="repeated_submit"):
    """A form was submitted again before the first submission was answered."""


class LoginFailure(Friction, tag="login_failure"):
    """A login was rejected."""


class SessionExpired(Friction, tag="session_expired"):
    """A session ended while the visitor was using it."""


class QuickBack(Friction, tag="quick_back"):
    """The visitor went back within five seconds."""


class NavigationLoop(Friction, tag="navigation_loop"):
    """The same page was opened at least three times in two minutes without effect."""


class SearchRefinement(Friction, tag="search_refinement"):
    """At least three different searches without opening a result."""


class NoResults(Friction, tag="no_results"):
    """A search that found nothing."""


class JourneyAbandonment(Friction, tag="journey_abandonment"):
    """A journey was started and not completed."""


class UnexpectedDialog(Friction, tag="unexpected_dialog"):
    """A dialog that the journey did not expect."""


class UnexpectedPopup(Friction, tag="unexpected_popup"):
    """A popup that the journey did not expect."""


class LoadNeverFired(Friction, tag="load_never_fired"):
    """A page whose load event did not fire within the step's limit."""


class InputRefused(Friction, tag="input_refused"):
    """A field was rejected once. Weight 0: evidence for the cause rules, not friction by itself."""


class Help(Event):
    """Help-seeking: a signal of contacts to come; never counted as friction."""

    table = "snag_experience.help_events"

    target: Annotated[str, _label("stable selector of the element, without text or values", longest=200)] = ""
    target_name: Annotated[str, _label("name of the element: data-snag-name, its label, or its role", longest=80)] = ""


class HelpOpened(Help, tag="help_opened"):
    """A help page, FAQ or chatbot was opened."""


class HelpSearch(Help, tag="help_search"):
    """The help was searched."""


class ContactOpened(Help, tag="contact_opened"):
    """A contact page, chat or phone link was opened."""


class SurveyAnswer(Event, tag="survey_answer"):
    """The agent asked its question; a second revision is the answer."""

    table = "snag_experience.survey_answers"

    metric: Annotated[Question, _choice("metric of the question: NPS (0 to 10), CSAT (1 to 5) or CES (1 to 7)")]
    answered: Annotated[bool, _flag("whether there is an answer; if not, the score has no meaning")] = False
    score: Annotated[
        int, Meta(description="the answer, on the scale of its metric", ge=0, le=10, extra={"sql": "UInt8"})
    ] = 0
    touchpoint: Annotated[str, _label("where the question was asked, as the site names it")] = ""
    question_version: Annotated[str, _label("version of the question's wording, as the site names it")] = ""


class JourneyRun(Event, tag="journey_run"):
    """One run of a synthetic journey."""

    table = "snag_experience.journey_runs"

    run_status: Annotated[RunStatus, _choice("how the run ended")]
    fault: Annotated[Fault, _choice("who is responsible if the run did not pass")] = "none"
    reason: Annotated[str, _code("stable code of the reason, such as step.timeout")] = ""
    message: Annotated[str, _label("the reason, for people", longest=500)] = ""
    failed_step: Annotated[str, _label("the step that failed")] = ""
    location: Annotated[str, _label("location of the runner")] = ""
    browser: Annotated[str, _label("browser and version", longest=80)] = ""
    duration_ms: Annotated[int, _count("how long the run took, ms", "UInt32")] = 0
    attempts: Annotated[int, _count("number of attempts", "UInt8")] = 1
    contended: Annotated[bool, _flag("the runner had too little CPU for fair timings")] = False
    artefacts: Annotated[str, _label("address of its screenshot and trace", longest=300)] = ""
    trace_id: Annotated[str, _code("id of its OpenTelemetry trace")] = ""


class JourneyStep(Event, tag="journey_step"):
    """One step of a synthetic run."""

    table = "snag_experience.journey_steps"

    step_status: Annotated[StepStatus, _choice("how the step ended")]
    step_index: Annotated[int, _count("position in the journey, from 0", "UInt16")] = 0
    attempt: Annotated[int, _count("attempt of the run, from 1", "UInt8")] = 1
    duration_ms: Annotated[int, _count("how long the step took, ms", "UInt32")] = 0
    threshold_ms: Annotated[int, _count("the step's limit, ms; 0: no limit", "UInt32")] = 0


class WebVital(Event, tag="web_vital"):
    """Speed of a page; never friction."""

    table = "snag_performance.web_vitals"

    metric: Annotated[Vital, _choice("which vital")]
    value: Annotated[float, Meta(description="ms; CLS has no unit", ge=0, le=1e9, extra={"sql": "Float64"})]


class ResourceTiming(Event, tag="resource_timing"):
    """Duration and status of a request; never friction."""

    table = "snag_performance.resource_timings"

    initiator: Annotated[Initiator, _choice("what started the request")] = "other"
    route: Annotated[str, _label("host and path template of the request", longest=200)] = ""
    status: Annotated[int, _count("HTTP status; 0: no response", "UInt16")] = 0
    duration_ms: Annotated[int, _count("from the start of the request to the end of the response, ms", "UInt32")] = 0
    ttfb_ms: Annotated[int, _count("from the start of the request to the first byte of the response, ms", "UInt32")] = 0


class Beacon(Struct, kw_only=True, forbid_unknown_fields=True):
    """One batch of events from the agent or a journey."""

    beacon_id: Annotated[UUID, _id("id of the beacon, the same for its retries")]
    app: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=64,
            pattern=r"^[A-Za-z0-9._-]+\Z",
            description="name of the site; may be given in the URL instead, as ?app=",
        ),
    ] = ""
    session_id: Annotated[UUID, _id("id of the visit; ends with the tab, never identifies a person")]
    sent_ts: Annotated[
        int, _time("time of sending by the visitor's clock, ms since 1970 UTC; set again for each retry")
    ]
    events: Annotated[list[AnyEvent], Meta(min_length=1, max_length=MAX_EVENTS, description="the events, oldest first")]
    env: Annotated[str, _label("such as production or staging")] = ""
    release: Annotated[str, _label("version of the site")] = ""
    traffic_source: Annotated[Source, _choice("a visitor, a journey, or a simulator")] = "rum"
    consent: Annotated[Consent, _choice("what the visitor agreed to")] = "unknown"
    device: Annotated[Device, _choice("phone, tablet or desktop")] = "unknown"
    sample_rate: Annotated[
        float,
        Meta(
            description="share of the sessions that is sent; a session counts 1/rate times, by its highest rate",
            gt=0,
            le=1,
            extra={"sql": "Float64"},
        ),
    ] = 1.0
    run_id: Annotated[UUID, _id("the synthetic run; zero for visitors")] = NO_ID
    agent: Annotated[str, _code("version of the agent or runner", longest=32)] = ""
    dropped: Annotated[
        dict[Dropped, Annotated[int, Meta(ge=0, le=1_000_000)]],
        Meta(description="events that the agent dropped since the previous beacon, by reason"),
    ] = {}


def texts(of: type[Struct]) -> tuple[str, ...]:
    """Return the names of a struct's free texts: those that are redacted.

    >>> "target_name" in texts(RageClick), "trace_id" in texts(JourneyRun)
    (True, False)
    """
    hints = get_type_hints(of, include_extras=True)
    metas = {name: meta for name, hint in hints.items() for meta in getattr(hint, "__metadata__", ())}
    return tuple(name for name, meta in metas.items() if meta.extra and meta.extra.get("text"))


def kind_of(event: Event) -> str:
    """Return the event's kind, as spelled on the wire."""
    return _KIND_OF[type(event)]


def _kinds(of: type[Event]) -> dict[str, type[Event]]:
    found: dict[str, type[Event]] = {}
    for cls in of.__subclasses__():
        if isinstance(tag := cls.__struct_config__.tag, str) and tag:
            found[tag] = cls
        found |= _kinds(cls)
    return found


KINDS = {kind: cls for kind, cls in _kinds(Event).items() if not cls.__subclasses__()}
"""Every kind of event by its name on the wire."""

_KIND_OF: dict[type[Event], str] = {cls: kind for kind, cls in KINDS.items()}

FRICTION_KINDS = tuple(kind for kind, cls in KINDS.items() if issubclass(cls, Friction))
TABLES = tuple(dict.fromkeys(cls.table for cls in KINDS.values()))

AnyEvent = (
    PageView
    | RageClick
    | DeadClick
    | ErrorClick
    | PageError
    | FailedAction
    | ErrorPage
    | BlankPage
    | SlowStep
    | UnresponsiveUi
    | FormAbandonment
    | ValidationLoop
    | FieldRefill
    | RepeatedSubmit
    | LoginFailure
    | SessionExpired
    | QuickBack
    | NavigationLoop
    | SearchRefinement
    | NoResults
    | JourneyAbandonment
    | UnexpectedDialog
    | UnexpectedPopup
    | LoadNeverFired
    | InputRefused
    | HelpOpened
    | HelpSearch
    | ContactOpened
    | SurveyAnswer
    | JourneyRun
    | JourneyStep
    | WebVital
    | ResourceTiming
)
"""Written out for the type checkers; a test holds it equal to KINDS."""


class Edge(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What only the collector knows about a beacon."""

    received_ts: Annotated[int, _time("when the collector received it")]
    skew_ms: Annotated[
        int, Meta(description="lag of the visitor's clock behind the collector's, ms; 0 if network delay explains it")
    ] = 0
    country: Annotated[
        str, _code("ISO 3166-1 code of the country, from the shortened address; empty: unknown", longest=2)
    ] = ""
    browser_family: Annotated[str, _code("browser family, without version")] = ""
    is_bot: Annotated[bool, _flag("the browser identifies itself as a crawler or a monitor")] = False


class Queued(Edge, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="beacon"):
    """A queued beacon: the fields that its events share, what the collector knows, and its events by table.

    `type` comes first, since the queue holds other things, too."""

    app: str
    env: str
    release: str
    traffic_source: str
    consent: str
    device: str
    session_id: UUID
    run_id: UUID
    sample_rate: float = 0.0
    """Always set; 0 in spools written before this field existed."""
    page_views: list[AnyEvent] = []
    friction_events: list[AnyEvent] = []
    help_events: list[AnyEvent] = []
    survey_answers: list[AnyEvent] = []
    journey_runs: list[AnyEvent] = []
    journey_steps: list[AnyEvent] = []
    web_vitals: list[AnyEvent] = []
    resource_timings: list[AnyEvent] = []
