"""What a journey author sees: `@journey`, and `step` to name what a visitor does.

Slower than its `slow` limit is friction; an exception is a failed journey; the two never share a name.
"""

from __future__ import annotations

import binascii
import difflib
import inspect
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from collector.times import duration_ms
from synthetic.options import Throttle, allowed, context_options, throttle
from synthetic.secrets import Secrets, Undeclared

Script = Callable[..., Awaitable[None]]

MOST_RETRIES = 5

_running: ContextVar[Journey] = ContextVar("journey")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A journey as its author wrote it. Durations in ms."""

    name: str
    script: Callable[..., Any]
    every_ms: int
    timeout_ms: int
    slow_ms: int
    retries: int = 0
    throttle: Throttle | None = None
    device: str = ""
    locations: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    allow: frozenset[str] = frozenset()
    base_url: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    """Options of the browser's context, in Playwright's words."""
    test: str = ""
    """Where it is not a journey but a test for pytest: the test's node id."""

    @property
    def place(self) -> str:
        """Where it was written."""
        code = self.script.__code__
        return f"{code.co_filename}:{code.co_firstlineno}"


@dataclass(slots=True)
class Step:
    """One step of a run, as it went. Times are ms since 1970 by the runner's clock."""

    name: str
    index: int
    threshold_ms: int
    started_ts: int
    ended_ts: int = 0
    duration_ms: int = 0
    parent: str = ""
    attempt: int = 1
    optional: bool = False
    allow: frozenset[str] = frozenset()
    not_visitors_s: float = 0
    """Time of this step that no visitor would have waited: for a picture at the foot of the page, or for our own work."""
    error: BaseException | None = None
    began: float = field(default_factory=time.monotonic, repr=False)

    @property
    def slow(self) -> bool:
        """It took longer than its limit."""
        return self.threshold_ms > 0 and self.duration_ms > self.threshold_ms

    @property
    def failed(self) -> bool:
        """It could not be finished."""
        return self.error is not None


@dataclass(slots=True)
class Journey:
    """One run that is under way; a script may take it as its second argument."""

    definition: Definition
    clock: Callable[[], float] = time.time
    secrets: Secrets = field(default_factory=Secrets)
    attempt: int = 1
    limits: Mapping[str, int] = field(default_factory=dict)
    """Of steps that say none themselves, in ms: those of the site's journeys file."""
    steps: list[Step] = field(default_factory=list)
    open: list[Step] = field(default_factory=list)
    begun: Callable[[Step], None] = lambda step: None
    """Told of each step that begins."""
    ended: Callable[[Step], None] = lambda step: None
    """Told of each step that ends; what it raises ends the step and the run."""

    @property
    def current(self) -> Step | None:
        """The step that is open, or was last."""
        return self.open[-1] if self.open else self.steps[-1] if self.steps else None

    def secret(self, name: str) -> str:
        """The value of a secret that the journey named in `secrets=[…]`. Raises Undeclared for others."""
        if name not in self.definition.secrets:
            raise Undeclared(f"secret '{name}' is not among the journey's: write @journey(…, secrets=['{name}'])")
        return self.secrets.value(name)

    def totp(self, name: str) -> str:
        """The six digits that an authenticator app would show now (RFC 6238) for the secret `name`, a base32 seed."""
        import pyotp

        seed = self.secret(name).replace(" ", "")
        try:
            code = pyotp.TOTP(seed).at(int(self.clock()))
        except (binascii.Error, ValueError):
            raise ValueError(
                f"secret '{name}' is not a seed for one-time codes; expected base32: letters and the digits 2 to 7"
            ) from None
        self.secrets.also(name, code)
        return code

    def set_aside(self, seconds: float) -> None:
        """Time that the open steps took and no visitor would have."""
        for here in self.open:
            here.not_visitors_s += seconds


REGISTERED: dict[str, Definition] = {}

LOADING: list[list[str]] = []
"""While files are loaded: its last list takes what is wrong with a journey, so that the others go on."""


def journey(
    name: str,
    *,
    every: str = "5m",
    timeout: str = "60s",
    slow: str = "2.5s",
    retries: int = 0,
    throttle: str | Mapping[str, Any] | None = None,
    device: str = "",
    locations: Sequence[str] = (),
    secrets: Sequence[str] = (),
    tags: Mapping[str, str] | None = None,
    allow: Iterable[str] = (),
    base_url: str = "",
    context: Mapping[str, Any] | None = None,
    **unknown: Any,
) -> Callable[[Script], Script]:
    """Make a journey of a coroutine function that takes `page`, and if it likes the running `Journey`.

    `every`, `timeout`, `slow`: durations such as "90s". `slow` is the limit of each step that names none; `timeout`
    ends the whole run, retries included. `retries`: attempts after a failed one, each in a fresh context; to pass
    then is `flaky`. `throttle`: "4g" or {"down_kbps": 500, "cpu": 4}. `device`: a name of Playwright's, such as
    "Pixel 7". `locations`: run only there; none: everywhere. `allow`: friction that is meant to be. `context`: options of
    Playwright's `new_context`, such as {"locale": "de-DE", "ignore_https_errors": True}.

    Raises ValueError (an option that cannot be used, a name that is taken) and TypeError (an unknown option, a
    function that is not a coroutine function).
    """
    given = {
        "every": every,
        "timeout": timeout,
        "slow": slow,
        "retries": retries,
        "throttle": throttle,
        "device": device,
        "locations": locations,
        "secrets": secrets,
        "tags": tags or {},
        "allow": allow,
        "base_url": base_url,
        "context": context or {},
    }

    def register(script: Script) -> Script:
        try:
            _register(script)
        except (ValueError, TypeError) as error:
            if not LOADING:
                raise
            LOADING[-1].append(f"{script.__code__.co_filename}: {error}")
        return script

    def _register(script: Script) -> None:
        if unknown:
            _refuse(name, next(iter(unknown)))
        found = Definition(name=name, script=script, **_options(name, given))
        if not inspect.iscoroutinefunction(script):
            raise TypeError(f"journey '{name}' is not a coroutine function; expected: async def {script.__name__}")
        if name in REGISTERED and REGISTERED[name].place != found.place:
            raise ValueError(f"two journeys are called '{name}': {REGISTERED[name].place} and {found.place}")
        REGISTERED[name] = found

    return register


def _options(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The options as a Definition has them. Raises ValueError that names the journey."""
    try:
        read = {f"{key}_ms": duration_ms(given[key]) for key in ("every", "timeout", "slow")}
        for key in ("every_ms", "timeout_ms"):
            if read[key] < 1000:
                raise ValueError(f"{key.removesuffix('_ms')} is {read[key]} ms; expected 1s or more")
        retries = given["retries"]
        if type(retries) is not int or not 0 <= retries <= MOST_RETRIES:
            raise ValueError(f"retries is {retries!r}; expected 0 to {MOST_RETRIES}")
        for key in ("locations", "secrets"):
            if isinstance(given[key], str):
                raise ValueError(f"{key} is the text '{given[key]}'; expected a list: ['{given[key]}']")
        if not 0 < len(name) <= 64:
            raise ValueError(f"its name has {len(name)} characters; expected 1 to 64")
        return {
            **read,
            "retries": retries,
            "throttle": throttle(given["throttle"]),
            "device": given["device"],
            "locations": tuple(given["locations"]),
            "secrets": tuple(given["secrets"]),
            "tags": dict(given["tags"]),
            "allow": allowed(given["allow"]),
            "base_url": given["base_url"],
            "context": context_options(given["context"]),
        }
    except ValueError as error:
        raise ValueError(f"journey '{name}': {error}") from None


def _refuse(name: str, option: str) -> None:
    known = [key for key in inspect.signature(journey).parameters if key not in ("name", "unknown")]
    near = difflib.get_close_matches(option, known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"options are {', '.join(known)}"
    raise TypeError(f"journey '{name}' has no option '{option}'; {hint}")


class step:
    """Name what the visitor does: `async with step("pay", slow="3s"):`, in helper functions and page objects too.

    `slow`: its own limit. `allow`: friction that is meant to be, such as ["dialog"]. `optional`: the run goes on when
    it fails, and is degraded. A step within a step names the outer one as its parent. A plain `with` works as well,
    for tests written with Playwright's sync API.

    Raises ValueError for an option that cannot be used, RuntimeError outside of a journey.
    """

    def __init__(
        self, name: str, *, slow: str | None = None, allow: Iterable[str] = (), optional: bool = False
    ) -> None:
        self._name = name
        self._slow_ms = duration_ms(slow) if slow else None
        self._allow = allowed(allow)
        self._optional = optional

    def __enter__(self) -> Step:
        try:
            self._run = run = _running.get()
        except LookupError:
            raise RuntimeError(
                f"step '{self._name}' is not inside a journey: run it with `snag journeys run`"
            ) from None
        outer = run.open[-1] if run.open else None
        limit_ms = self._slow_ms or run.limits.get(self._name, run.definition.slow_ms)
        allow = self._allow | (outer.allow if outer else run.definition.allow)
        self._step = here = Step(
            self._name,
            len(run.steps),
            limit_ms,
            int(run.clock() * 1000),
            parent=outer.name if outer else "",
            attempt=run.attempt,
            optional=self._optional,
            allow=allow,
        )
        run.steps.append(here)
        run.open.append(here)
        run.begun(here)
        return here

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        here, run = self._step, self._run
        took_s = time.monotonic() - here.began
        here.duration_ms = max(0, round((took_s - here.not_visitors_s) * 1000))
        here.ended_ts = here.started_ts + round(took_s * 1000)
        here.error = error
        run.open.remove(here)
        # What is cancelled is over; only what the site did may be optional.
        tolerated = here.optional and isinstance(error, Exception)
        try:
            run.ended(here)
        except Exception as found:
            if not error:
                here.error = found
                if not here.optional:
                    raise
        return tolerated

    async def __aenter__(self) -> Step:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        return self.__exit__(kind, error, trace)


@contextmanager
def running_as(run: Journey) -> Iterator[None]:
    """Steps that are opened meanwhile are those of `run`."""
    token = _running.set(run)
    try:
        yield
    finally:
        _running.reset(token)


async def perform(run: Journey, page: Any) -> None:
    """Run the script with `page`; the steps that it opens are kept in `run`."""
    script = run.definition.script
    with running_as(run):
        await (script(page, run) if script.__code__.co_argcount > 1 else script(page))
