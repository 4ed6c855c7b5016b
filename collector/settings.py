"""All settings: one frozen object, read once at start and passed down by value. Secrets and networks are values of them.

A flag beats the environment, the environment beats the file, the file beats the default. Name in the
environment (`SNAG_PUBLIC_PORT`), key in the file (`public_port`) and flag (`--public-port`) derive from
the one field.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class BadSetting(ValueError):
    """A setting that cannot be used; says which one, where it comes from, and what was expected."""


def _home() -> str:
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return str(Path(base) / "snagwatch")


def _setting(default: Any, meaning: str) -> Any:
    if callable(default):
        return field(default_factory=default, metadata={"help": meaning})
    return field(default=default, metadata={"help": meaning})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings with their defaults. Sizes and times carry their unit in the name."""

    data_dir: str = _setting(_home, "folder of the embedded store, the queue and the token of a running collector")
    dsn: str = _setting("", "the store: chdb:///path (embedded) or clickhouse://user@host:8123/; empty: data_dir/store")
    spool_dir: str = _setting("", "folder of the durable queue; empty: data_dir/spool")
    spool_max_mb: int = _setting(1024, "maximum size of the queue in MiB; beyond it beacons are answered 503")
    spool_min_free_mb: int = _setting(64, "minimum free disk space in MiB; beacons are rejected below it")
    workers: int = _setting(
        1,
        "processes that accept beacons; 1: everything in one process, otherwise one process each and one for the store",
    )
    apps_file: str = _setting("", "TOML file with the apps that may send; empty: any app (see docs/intake.md)")
    sources_file: str = _setting(
        "", "TOML file with the sources of contacts; empty: no contacts are accepted (see docs/contacts.md)"
    )
    foreign_agents: str = _setting(
        "", "other vendors' agents to accept, comma-separated: faro, otlp; empty: none (see docs/other-agents.md)"
    )
    trusted_proxies: str = _setting(
        "", "trusted proxies, comma-separated addresses or networks; their X-Forwarded-For is used"
    )
    country_file: str = _setting("", "MaxMind .mmdb file for the visitor's country; empty: country is not recorded")
    address_events_per_s: int = _setting(
        500, "events per second that a /24 (IPv6: /48) may send for one app, with a burst of one minute; 0: no limit"
    )
    max_connections: int = _setting(
        10000, "maximum connections per worker; when exceeded, the longest-idle one is closed"
    )
    public_host: str = _setting(
        "127.0.0.1", "bind address of the public port; 0.0.0.0 to be reachable from other machines"
    )
    public_port: int = _setting(
        8800, "port for beacons and the agent's scripts (agent.js, agent-debug.js, agent-survey.js, agent-vitals.js)"
    )
    private_host: str = _setting(
        "127.0.0.1", "bind address of the private port; pages require a login unless it is loopback"
    )
    private_port: int = _setting(
        8801, "port for the pages, /livez, /readyz, /metrics, contact webhooks and commands that use an embedded store"
    )
    pages_password: str = _setting(
        "",
        "password for the pages; without a password or user header they are served to this machine only (see docs/pages.md)",
    )
    pages_user_header: str = _setting(
        "",
        "header in which a reverse proxy names the user, such as X-Forwarded-User; trusted from trusted_proxies only",
    )
    sql_host: str = _setting(
        "127.0.0.1", "bind address of the SQL port; 0.0.0.0 for a Grafana on another machine (see docs/store.md)"
    )
    sql_port: int = _setting(8802, "port for SQL readers of an embedded store; closed unless a reader has a password")
    sql_password: str = _setting("", "password of the reader snag_sre, who sees everything")
    sql_ux_password: str = _setting("", "password of the reader snag_ux, who sees experience data only")
    sourcemaps_token: str = _setting("", "token for POST /v1/sourcemaps; empty: maps are not accepted over HTTP")
    store_memory_mb: int = _setting(
        0, "memory limit of the embedded engine in MiB; 0: half of the container's or machine's memory"
    )
    store_min_free_mb: int = _setting(
        256, "minimum free disk space in MiB for the embedded store; below it, events wait in the queue"
    )
    keep_experience_days: int = _setting(90, "days to keep page views, friction and journeys")
    keep_performance_days: int = _setting(30, "days to keep vitals and request timings")
    keep_contacts_days: int = _setting(400, "days to keep contacts; 400 allow a comparison with the year before")
    keep_rollups_days: int = _setting(760, "days to keep the counts by five minutes, hour and day")
    consent_profile: str = _setting(
        "",
        "audience_measurement: visits are not linked to contacts and kept at most 25 months; empty: as visitors agreed",
    )
    requester_keys: str = _setting(
        "",
        "secrets for hashing the ids of requesters, comma-separated: that of the suppression list, the newest, then older "
        "ones; empty: data_dir/requester.keys",
    )
    opening_hours: str = _setting(
        "", "opening hours of the support team, such as Mo-Fr 09:00-17:30, Sa 10:00-14:00; used by the business clock"
    )
    fcr_excluded_reasons: str = _setting(
        "", "contact reasons that no first contact can resolve, comma-separated; fcr_no_repeat_net excludes them"
    )
    performance_file: str = _setting(
        "", "TOML file with the series to read from Prometheus every five minutes; empty: none"
    )
    notify_file: str = _setting(
        "",
        "TOML file with notification channels for contact surges; empty: no notifications (see docs/notifications.md)",
    )
    journeys_file: str = _setting(
        "", "YAML file with the journeys: steps, page groups and limits; empty: none (see docs/score.md)"
    )
    judge_every_s: int = _setting(300, "how often the last two days of contacts are evaluated again, seconds")
    chores: int = _setting(1, "1: run the background jobs here; 0: another collector on the same server runs them")
    linger_s: int = _setting(0, "seconds to keep serving after SIGTERM while /readyz is red; 10 behind a load balancer")
    drain_s: int = _setting(10, "seconds to keep shipping the queue after SIGTERM")
    time_zone: str = _setting("UTC", "time zone of the site, an IANA name; hours of the week are evaluated in it")
    app: str = _setting("", "site that commands use; empty: the only one there is")
    chromium: str = _setting("", "path of the Chromium for journeys and the demo; empty: search for one")
    log_format: str = _setting("", "text or json; empty: json in Kubernetes, text elsewhere (our images set json)")
    log_level: str = _setting("INFO", "DEBUG, INFO, WARNING or ERROR")

    @property
    def store_dsn(self) -> str:
        """The store's DSN, with the default filled in."""
        return self.dsn or f"chdb://{Path(self.data_dir).absolute() / 'store'}"

    @property
    def spool_path(self) -> Path:
        """The queue's folder, with the default filled in."""
        return Path(self.spool_dir) if self.spool_dir else Path(self.data_dir) / "spool"


FORMATS = ("text", "json")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
NAMES = tuple(f.name for f in fields(Settings))
CONFIG = "SNAG_CONFIG"
"""The one variable that is not a setting: the path of the file."""

AUDIENCE_MEASUREMENT = "audience_measurement"
AUDIENCE_DAYS = 760
"""25 months: the longest that audience measurement without consent may keep anything."""

PASSWORD_LENGTH = 8
SECRET_LENGTH = 8
"""The shortest that are accepted."""

AT_LEAST_ONE = (
    "workers",
    "judge_every_s",
    "keep_experience_days",
    "keep_performance_days",
    "keep_contacts_days",
    "keep_rollups_days",
)

DSNS = "chdb:///path, clickhouse://user@host:8123/ or clickhouses://user@host:8443/"
DSN_OPTIONS = frozenset({"cluster"})

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def load(flags: Mapping[str, Any] | None = None, env: Mapping[str, str] = os.environ) -> Settings:
    """Read the file that SNAG_CONFIG names, then SNAG_*, then `flags` (None: not given).

    An unknown name is an error, since a typo would pass silently. Raises BadSetting.

    >>> load(env={"SNAG_PUBLIC_PORT": "9000"}).public_port
    9000
    """
    settings = Settings()
    if path := env.get(CONFIG):
        settings = _with(settings, _file(path), lambda name: f"{name} in {path}")
    given = {k: v for k, v in env.items() if k.startswith("SNAG_") and k != CONFIG}
    known = {f"SNAG_{name.upper()}": name for name in NAMES}
    for key in given:
        if key not in known:
            raise BadSetting(f"unknown setting {key} in the environment; {_nearest(key, [*known, CONFIG])}")
    settings = _with(settings, {known[k]: v for k, v in given.items()}, lambda name: f"SNAG_{name.upper()}")
    chosen = {k: v for k, v in (flags or {}).items() if v is not None}
    return _checked(_with(settings, chosen, lambda name: "--" + name.replace("_", "-")))


def describe(setting: Field[Any]) -> str:
    """Return what a setting is for, and its default."""
    default = getattr(Settings(), setting.name)
    return f"{setting.metadata['help']} (default: {default if default != '' else 'empty'})"


def networks(text: str, where: str) -> list[Network]:
    """Read comma-separated addresses and networks. Raises BadSetting.

    >>> networks("10.0.0.0/8, ::1", "SNAG_TRUSTED_PROXIES")
    [IPv4Network('10.0.0.0/8'), IPv6Network('::1/128')]
    """
    read = []
    for word in filter(None, (word.strip() for word in text.split(","))):
        try:
            read.append(ipaddress.ip_network(word, strict=False))
        except ValueError:
            raise BadSetting(
                f"{where}: {word[:80]!r} is not a valid address or network; expected for example 10.0.0.0/8 or ::1"
            ) from None
    return read


def secret(ref: str, where: str, env: Mapping[str, str] = os.environ) -> str:
    """Return the secret that `env:NAME` or `file:/path` refers to. Raises BadSetting; secrets are never in a message."""
    kind, _, name = ref.partition(":")
    if kind == "env" and name:
        value = env.get(name, "")
    elif kind == "file" and name:
        try:
            value = Path(name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadSetting(f"{where}: cannot read {name}: {getattr(error, 'strerror', error)}") from None
    else:
        raise BadSetting(f'{where}: a secret cannot stand in the file itself; expected "env:NAME" or "file:/path"')
    if len(value) < SECRET_LENGTH:
        raise BadSetting(f"{where}: {ref} is empty or too short; expected at least {SECRET_LENGTH} characters")
    return value


def _checked(settings: Settings) -> Settings:
    """Check settings that depend on each other. Raises BadSetting."""
    if settings.consent_profile not in ("", AUDIENCE_MEASUREMENT):
        raise BadSetting(
            f"SNAG_CONSENT_PROFILE: {settings.consent_profile!r} is not a valid profile; "
            f"expected {AUDIENCE_MEASUREMENT} or nothing"
        )
    if settings.consent_profile:
        for name in ("keep_experience_days", "keep_performance_days", "keep_rollups_days"):
            if (days := getattr(settings, name)) > AUDIENCE_DAYS:
                raise BadSetting(
                    f"SNAG_{name.upper()}: {days} is out of range; expected at most {AUDIENCE_DAYS} (25 months) "
                    f"with SNAG_CONSENT_PROFILE={AUDIENCE_MEASUREMENT}"
                )
    _check_time_zone(settings.time_zone)
    _check_dsn(settings.dsn)
    networks(settings.trusted_proxies, "SNAG_TRUSTED_PROXIES")
    if settings.pages_user_header and not settings.trusted_proxies:
        raise BadSetting(
            f"SNAG_PAGES_USER_HEADER: {settings.pages_user_header} is set, but no proxy is trusted to write it; "
            "expected its address or network in SNAG_TRUSTED_PROXIES"
        )
    if settings.pages_password and len(settings.pages_password) < PASSWORD_LENGTH:
        raise BadSetting(f"SNAG_PAGES_PASSWORD: too short; expected at least {PASSWORD_LENGTH} characters")
    return settings


def load_toml(path: str | Path, setting: str, error: type[Exception]) -> dict[str, Any]:
    """Read a TOML file. Raises `error`, naming the file and, where there is one, the `setting` that points at it."""
    place = f"{setting}: {path}" if setting else str(path)
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as cause:
        raise error(f"{setting or path}: cannot read {path}: {cause.strerror}") from None
    except UnicodeDecodeError as cause:
        raise error(f"{place} is not UTF-8: byte {cause.start}; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as cause:
        raise error(f"{path} is not valid TOML: {cause}") from None


def _file(path: str) -> dict[str, Any]:
    content = load_toml(path, CONFIG, BadSetting)
    for key in content:
        if key not in NAMES:
            raise BadSetting(f"unknown setting {key} in {path}; {_nearest(key, NAMES)}")
    return content


def _with(settings: Settings, values: Mapping[str, Any], where: Callable[[str], str]) -> Settings:
    changes: dict[str, Any] = {}
    for f in fields(Settings):
        if f.name not in values:
            continue
        value = values[f.name]
        if f.type == "int":
            changes[f.name] = _whole(f.name, value, where(f.name))
        elif isinstance(value, str) and f.name == "log_format" and value not in ("", *FORMATS):
            raise BadSetting(f"{where(f.name)}: {value[:80]!r} is not a valid format; expected {' or '.join(FORMATS)}")
        elif isinstance(value, str):
            changes[f.name] = _level(value, where(f.name)) if f.name == "log_level" else value
        else:
            raise BadSetting(f"{where(f.name)}: {value!r} is not text; expected it in quotes")
    return replace(settings, **changes)


def _check_time_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadSetting(
            f"SNAG_TIME_ZONE: {name[:80]!r} is not a time zone; expected an IANA name such as Europe/Berlin"
        ) from None


def _check_dsn(dsn: str) -> None:
    """A typo that can never work must not look like an outage. The address holds a password: only its parts are shown."""
    if not dsn:
        return
    try:
        parts = urlsplit(dsn)
        options = {key for key, _ in parse_qsl(parts.query, keep_blank_values=True)} - DSN_OPTIONS
        parts.port  # noqa: B018 (raises ValueError)
    except ValueError:
        # What was taken for a port may be a password.
        raise BadSetting(f"SNAG_DSN: not a valid address, or its port is not a number; expected {DSNS}") from None
    if parts.scheme not in ("chdb", "clickhouse", "clickhouses"):
        raise BadSetting(f"SNAG_DSN: {parts.scheme[:40]!r} is not a kind of store; expected {DSNS}")
    if parts.scheme != "chdb" and not parts.hostname:
        raise BadSetting(f"SNAG_DSN: {parts.scheme}:// without a host; expected {DSNS}")
    if options:
        raise BadSetting(
            f"SNAG_DSN: unknown option {min(options)[:40]!r}; expected {' or '.join(sorted(DSN_OPTIONS))}, or none"
        )


def _level(value: str, where: str) -> str:
    if value.upper() not in LEVELS:
        raise BadSetting(f"{where}: {value[:80]!r} is not a valid level; expected {', '.join(LEVELS)}")
    return value.upper()


def _whole(name: str, value: Any, where: str) -> int:
    try:
        number = int(value) if isinstance(value, str) else value
    except ValueError:
        number = None
    if type(number) is not int:
        raise BadSetting(f"{where}: {str(value)[:80]!r} is not a valid whole number")
    least = 1 if name in AT_LEAST_ONE else 0
    most = 65535 if name.endswith("_port") else None
    if number < least or (most is not None and number > most):
        expected = f"{least} to {most}" if most is not None else f"{least} or more"
        raise BadSetting(f"{where}: {number} is out of range; expected {expected}")
    return number


def _nearest(name: str, known: Iterable[str]) -> str:
    bare = {other.removeprefix("SNAG_"): other for other in known}  # the prefix alone makes all of them look alike
    near = difflib.get_close_matches(name.removeprefix("SNAG_"), bare, n=1, cutoff=0.6)
    return f"did you mean {bare[near[0]]}?" if near else f"settings are {', '.join(bare.values())}"
