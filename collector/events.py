"""The vocabulary: every event, field, unit and meaning, once.

Everything that must agree is generated from here by `python -m tools.generate`: the agent's types, the desired schema of
the store and docs/vocabulary.md. A test fails when one is stale.

A field says what it is with `msgspec.Meta`: its meaning, its bounds, and the column that keeps it.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from msgspec import Meta, Struct

MAX_EVENTS = 200
"""Events in one beacon; the agent sends at most 100 a page, a journey's runner at most 200 a run."""

LATEST_TS = 4_102_444_800_000
"""2100-01-01 in ms: a clock beyond it cannot be stored, nor meant."""


def _label(meaning: str, *, longest: int = 64) -> Any:
    return Meta(description=meaning, max_length=longest, extra={"sql": "LowCardinality(String)"})


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
    """What every event carries."""

    table: ClassVar[str]

    event_id: Annotated[UUID, _id("the same for every retry and every revision of one event")]
    client_ts: Annotated[int, _time("when it happened by the visitor's clock, ms since 1970 UTC, as sent")]
    revision: Annotated[
        int, _count("counts the sendings of an event that went on; the highest one holds", "UInt16")
    ] = 0
    view_id: Annotated[UUID, _id("one view of one page")] = NO_ID
    page_group: Annotated[str, _label("route template of the page, never a raw URL", longest=200)] = ""
    journey: Annotated[str, _label("journey that the event belongs to")] = ""
    step: Annotated[str, _label("step of that journey")] = ""


class PageView(Event, tag="page_view"):
    """A page, or a view of a single-page app, was looked at."""

    table = "snag_experience.page_views"

    referrer_group: Annotated[str, _label("where the visitor came from: internal, external or none")] = ""
    variant: Annotated[str, _label("personalisation: the variant that the site chose for the visitor")] = ""
    user_setting: Annotated[str, _label("customisation: the setting that the visitor chose")] = ""


class Friction(Event):
    """What the user met on the way. Evidence only: whose fault it was is judged later."""

    table = "snag_experience.friction_events"

    target: Annotated[str, _label("stable selector of the element, without text or values", longest=200)] = ""
    target_name: Annotated[str, _label("name that the site gave it (data-snag-name), or its role", longest=80)] = ""
    repeat_count: Annotated[int, _count("clicks, errors, refusals or refills in this one event", "UInt16")] = 1
    duration_ms: Annotated[int, _count("how long the user waited or was held up, ms", "UInt32")] = 0
    threshold_ms: Annotated[int, _count("the limit that was passed, ms; 0 where there is none", "UInt32")] = 0
    acknowledged: Annotated[bool, _flag("the page showed that it was working on it")] = False
    blocked: Annotated[bool, _flag("the user left, or could not go on")] = False
    error_source: Annotated[ErrorSource, _choice("where an error came from")] = "none"
    error_type: Annotated[str, _label("class of the error, such as TypeError")] = ""
    error_message: Annotated[
        str, _label("its message without digits, quoted text, addresses and query strings", longest=200)
    ] = ""
    error_place: Annotated[str, _label("script and line of the error, or the resource, without query", longest=200)] = (
        ""
    )
    first_party: Annotated[
        bool, _flag("the fault lies in the site's own code or servers, as far as the agent sees")
    ] = True
    route: Annotated[str, _label("request that failed: host and path template", longest=200)] = ""
    status: Annotated[int, _count("HTTP status of that request; 0: no answer", "UInt16")] = 0
    offline: Annotated[bool, _flag("the browser said that it had no network")] = False


class RageClick(Friction, tag="rage_click"):
    """At least three quick clicks in one place that did nothing."""


class DeadClick(Friction, tag="dead_click"):
    """A click on something that looks as if it works, and nothing happened within two seconds."""


class ErrorClick(Friction, tag="error_click"):
    """A click that caused an error."""


class PageError(Friction, tag="page_error"):
    """An uncaught error, unhandled rejection, failed resource or CSP violation."""


class FailedAction(Friction, tag="failed_action"):
    """The request that a user's action caused failed."""


class ErrorPage(Friction, tag="error_page"):
    """The user was shown a 404 or 5xx page."""


class BlankPage(Friction, tag="blank_page"):
    """A page without visible content five seconds after it loaded."""


class SlowStep(Friction, tag="slow_step"):
    """The visible result of an action took longer than its limit."""


class UnresponsiveUi(Friction, tag="unresponsive_ui"):
    """The page was blocked for over a second while an action waited for it."""


class FormAbandonment(Friction, tag="form_abandonment"):
    """A form was begun and left without being sent."""


class ValidationLoop(Friction, tag="validation_loop"):
    """A form was refused at least twice."""


class FieldRefill(Friction, tag="field_refill"):
    """A field had to be typed again."""


class RepeatedSubmit(Friction, tag="repeated_submit"):
    """A form was sent again before the first sending was answered."""


class LoginFailure(Friction, tag="login_failure"):
    """A login was refused."""


class SessionExpired(Friction, tag="session_expired"):
    """A logged-in session ended under the user's hands."""


class QuickBack(Friction, tag="quick_back"):
    """A page was left back to where the visitor came from within five seconds."""


class NavigationLoop(Friction, tag="navigation_loop"):
    """The same page was reached at least three times in two minutes without effect."""


class SearchRefinement(Friction, tag="search_refinement"):
    """At least three different searches without opening a result."""


class NoResults(Friction, tag="no_results"):
    """A search that found nothing."""


class JourneyAbandonment(Friction, tag="journey_abandonment"):
    """A journey was entered and not finished."""


class UnexpectedDialog(Friction, tag="unexpected_dialog"):
    """A dialog that the journey did not expect."""


class UnexpectedPopup(Friction, tag="unexpected_popup"):
    """A popup that the journey did not expect."""


class LoadNeverFired(Friction, tag="load_never_fired"):
    """A page whose loading never ended within the step's limit."""


class InputRefused(Friction, tag="input_refused"):
    """One refusal of one field. Of weight 0: evidence for the cause rules, not friction by itself."""


class Help(Event):
    """Help-seeking: a sign of contacts to come, kept beside friction and never counted as such."""

    table = "snag_experience.help_events"

    target: Annotated[str, _label("stable selector of the element, without text or values", longest=200)] = ""
    target_name: Annotated[str, _label("name that the site gave it (data-snag-name), or its role", longest=80)] = ""


class HelpOpened(Help, tag="help_opened"):
    """A help page, FAQ or chatbot was opened."""


class HelpSearch(Help, tag="help_search"):
    """Something was searched for in the help."""


class ContactOpened(Help, tag="contact_opened"):
    """The visitor opened a way to contact support."""


class SurveyAnswer(Event, tag="survey_answer"):
    """The agent's question was put; its second revision, if there is one, is the answer."""

    table = "snag_experience.survey_answers"

    metric: Annotated[Question, _choice("what was asked for: NPS (0 to 10), CSAT (1 to 5) or CES (1 to 7)")]
    answered: Annotated[bool, _flag("there is an answer; without it the score says nothing")] = False
    score: Annotated[
        int, Meta(description="the answer, on the scale of its metric", ge=0, le=10, extra={"sql": "UInt8"})
    ] = 0
    touchpoint: Annotated[str, _label("where it was asked, by the site's own name")] = ""
    question_version: Annotated[str, _label("wording of the question, by the site's own name")] = ""


class JourneyRun(Event, tag="journey_run"):
    """One run of a synthetic journey."""

    table = "snag_experience.journey_runs"

    run_status: Annotated[RunStatus, _choice("how the run ended")]
    fault: Annotated[Fault, _choice("whose fault it was if it did not pass")] = "none"
    reason: Annotated[str, _label("stable code of the reason, such as step.timeout")] = ""
    message: Annotated[str, _label("the reason in words", longest=500)] = ""
    failed_step: Annotated[str, _label("the step that is to blame")] = ""
    location: Annotated[str, _label("where the run was made from")] = ""
    browser: Annotated[str, _label("browser and version", longest=80)] = ""
    duration_ms: Annotated[int, _count("how long the run took, ms", "UInt32")] = 0
    attempts: Annotated[int, _count("attempts that it took", "UInt8")] = 1
    contended: Annotated[bool, _flag("the runner had too little processor to time it fairly")] = False
    artefacts: Annotated[str, _label("where its screenshot and trace are", longest=300)] = ""
    trace_id: Annotated[str, _label("its OpenTelemetry trace")] = ""


class JourneyStep(Event, tag="journey_step"):
    """One step of a synthetic run."""

    table = "snag_experience.journey_steps"

    step_status: Annotated[StepStatus, _choice("how the step ended")]
    step_index: Annotated[int, _count("position in the journey, from 0", "UInt16")] = 0
    attempt: Annotated[int, _count("attempt of the run, from 1", "UInt8")] = 1
    duration_ms: Annotated[int, _count("how long the step took, ms", "UInt32")] = 0
    threshold_ms: Annotated[int, _count("the step's limit, ms; 0 where there is none", "UInt32")] = 0


class WebVital(Event, tag="web_vital"):
    """How fast a page was; never friction."""

    table = "snag_performance.web_vitals"

    metric: Annotated[Vital, _choice("which vital")]
    value: Annotated[float, Meta(description="ms; without unit for CLS", ge=0, le=1e9, extra={"sql": "Float64"})]


class ResourceTiming(Event, tag="resource_timing"):
    """How a request went; never friction."""

    table = "snag_performance.resource_timings"

    initiator: Annotated[Initiator, _choice("what asked for it")] = "other"
    route: Annotated[str, _label("host and path template of the request", longest=200)] = ""
    status: Annotated[int, _count("HTTP status; 0: no answer", "UInt16")] = 0
    duration_ms: Annotated[int, _count("from the start of the request to the end of the answer, ms", "UInt32")] = 0
    ttfb_ms: Annotated[int, _count("from the start of the request to the first byte of the answer, ms", "UInt32")] = 0


class Beacon(Struct, kw_only=True, forbid_unknown_fields=True):
    """What one sending of the agent or of a journey carries."""

    beacon_id: Annotated[UUID, _id("one sending; the same for its retries")]
    app: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=64,
            pattern=r"^[A-Za-z0-9._-]+\Z",
            description="the site's name; may stand in the URL instead, as ?app=",
        ),
    ] = ""
    session_id: Annotated[UUID, _id("one visit; ends with the tab, never a person")]
    sent_ts: Annotated[int, _time("when it was sent by the visitor's clock, ms since 1970 UTC, anew for every retry")]
    events: Annotated[
        list[AnyEvent], Meta(min_length=1, max_length=MAX_EVENTS, description="what happened, oldest first")
    ]
    env: Annotated[str, _label("such as production or staging")] = ""
    release: Annotated[str, _label("version of the site")] = ""
    traffic_source: Annotated[Source, _choice("a visitor, a journey, or a simulator")] = "rum"
    consent: Annotated[Consent, _choice("what the visitor agreed to")] = "unknown"
    device: Annotated[Device, _choice("phone, tablet or desktop")] = "unknown"
    sample_rate: Annotated[
        float,
        Meta(
            description="part of the sessions that is sent; a session counts 1/rate times, by its highest rate",
            gt=0,
            le=1,
            extra={"sql": "Float64"},
        ),
    ] = 1.0
    run_id: Annotated[UUID, _id("the synthetic run; zero for visitors")] = NO_ID
    agent: Annotated[str, _label("version of the agent or runner that judged", longest=32)] = ""
    dropped: Annotated[
        dict[Dropped, Annotated[int, Meta(ge=0, le=1_000_000)]],
        Meta(description="events that the agent had to give up since the beacon before, by reason"),
    ] = {}


def kind_of(event: Event) -> str:
    """The event's kind, as it is spelled on the wire."""
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
    """What only the collector knows of a beacon."""

    received_ts: Annotated[int, _time("when the collector received it")]
    skew_ms: Annotated[
        int, Meta(description="what the visitor's clock is behind ours, ms; 0 where the network explains it")
    ] = 0
    country: Annotated[
        str, _label("ISO 3166-1 code of the country, from the shortened address; empty: not known", longest=2)
    ] = ""
    browser_family: Annotated[str, _label("family of the browser, without its version")] = ""
    is_bot: Annotated[bool, _flag("the browser says that it is a crawler or a monitor")] = False


class Queued(Edge, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="beacon"):
    """A beacon as it waits in the queue: what it says of all its events, what the collector knows, and its events by
    the table that will keep them. `type` comes first: other things may wait in the same queue."""

    app: str
    env: str
    release: str
    traffic_source: str
    consent: str
    device: str
    session_id: UUID
    run_id: UUID
    sample_rate: float = 0.0
    """Always said; 0 in a queue of before it was."""
    page_views: list[AnyEvent] = []
    friction_events: list[AnyEvent] = []
    help_events: list[AnyEvent] = []
    survey_answers: list[AnyEvent] = []
    journey_runs: list[AnyEvent] = []
    journey_steps: list[AnyEvent] = []
    web_vitals: list[AnyEvent] = []
    resource_timings: list[AnyEvent] = []
