"""All settings: one frozen object, read once at start-up and passed down by value.

A flag beats the environment, the environment beats the file, the file beats the default. Name in the
environment (`SNAG_PUBLIC_PORT`), key in the file (`public_port`) and flag (`--public-port`) derive from
the one field.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any


class BadSetting(ValueError):
    """A setting that cannot be used; names it, where it stands, and what would be right."""


def _home() -> str:
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return str(Path(base) / "snagwatch")


def _setting(default: Any, meaning: str) -> Any:
    if callable(default):
        return field(default_factory=default, metadata={"help": meaning})
    return field(default=default, metadata={"help": meaning})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What can be set. Ports are numbers, sizes and times carry their unit in the name."""

    data_dir: str = _setting(_home, "folder of the embedded store, the spool and the token of a running collector")
    dsn: str = _setting("", "the store: chdb:///path (embedded) or clickhouse://user@host:8123/; empty: data_dir/store")
    spool_dir: str = _setting("", "folder of the durable queue; empty: data_dir/spool")
    spool_max_mb: int = _setting(1024, "the queue takes no more than this; beyond it beacons are answered 503")
    spool_min_free_mb: int = _setting(64, "nor does it leave less than this free on its disk")
    workers: int = _setting(
        1,
        "processes that take beacons; 1: everything in one process, else each worker has its own and one the store",
    )
    apps_file: str = _setting("", "TOML file of the apps that may send; empty: any app (see docs/intake.md)")
    sources_file: str = _setting(
        "", "TOML file of who may send contacts, and is asked for them; empty: nobody (see docs/contacts.md)"
    )
    foreign_agents: str = _setting(
        "",
        "agents of others that may send: faro, otlp, parted by commas (see docs/other-agents.md); empty: none",
    )
    trusted_proxies: str = _setting("", "addresses or networks, parted by commas, whose X-Forwarded-For is believed")
    country_file: str = _setting("", "a MaxMind file (.mmdb) to tell the visitor's country by; empty: not told")
    address_events_per_s: int = _setting(
        500,
        "events that a /24 (IPv6: /48) may send for one app in the long run, a minute's worth at once; 0: no limit",
    )
    max_connections: int = _setting(
        10000, "connections of one worker; beyond it the longest idle one has to go for a new one"
    )
    public_host: str = _setting("127.0.0.1", "address of the public port; 0.0.0.0 to be reached from elsewhere")
    public_port: int = _setting(8800, "POST /v1/beacons and GET /agent.js, nothing else")
    private_host: str = _setting(
        "127.0.0.1",
        "address of the private port: loopback or a closed net; the pages on it then want a login",
    )
    private_port: int = _setting(
        8801, "the pages, /livez, /readyz, /metrics and the commands' way to an embedded store"
    )
    pages_password: str = _setting(
        "",
        "password of the pages (see docs/pages.md); without one, and no header, only this machine may look",
    )
    pages_user_header: str = _setting(
        "",
        "header in which a reverse proxy names who is logged in, such as X-Forwarded-User; believed from "
        "trusted_proxies alone",
    )
    sql_host: str = _setting("127.0.0.1", "address of the SQL port, see docs/store.md; 0.0.0.0 for a Grafana elsewhere")
    sql_port: int = _setting(8802, "SQL for readers of an embedded store; off until one of them has a password")
    sql_password: str = _setting("", "password of the reader snag_sre, who sees everything")
    sql_ux_password: str = _setting("", "password of the reader snag_ux, who sees experience and no performance")
    sourcemaps_token: str = _setting(
        "", "token that builds show to POST /v1/sourcemaps; empty: maps are not accepted over HTTP"
    )
    store_memory_mb: int = _setting(0, "memory of an embedded engine; 0: half of what the container or the machine has")
    store_min_free_mb: int = _setting(
        256, "an embedded store takes nothing while its disk has less free; it waits in the queue"
    )
    keep_experience_days: int = _setting(90, "how long page views, friction and journeys are kept")
    keep_performance_days: int = _setting(30, "how long vitals and request timings are kept")
    keep_contacts_days: int = _setting(400, "how long contacts are kept: a year to compare with, and a month")
    keep_rollups_days: int = _setting(760, "how long the counts by five minutes, hour and day are kept")
    consent_profile: str = _setting(
        "",
        "audience_measurement: visits are linked to nothing and kept 25 months at most; empty: as visitors agreed",
    )
    requester_keys: str = _setting(
        "",
        "secrets that ids of requesters are hashed with, parted by commas: that of the suppression list, the newest, "
        "older ones; empty: data_dir/requester.keys",
    )
    opening_hours: str = _setting(
        "", "when the support desk is open, such as Mo-Fr 09:00-17:30, Sa 10:00-14:00; for the business clock"
    )
    fcr_excluded_reasons: str = _setting(
        "",
        "contact reasons, parted by commas, that no first contact can solve; fcr_no_repeat_net leaves them out",
    )
    performance_file: str = _setting(
        "", "TOML file of the series that are taken from Prometheus every five minutes; empty: none"
    )
    notify_file: str = _setting(
        "", "TOML file of who is told of contact surges (see docs/notifications.md); empty: nobody"
    )
    journeys_file: str = _setting(
        "", "YAML file of the journeys: their steps, page groups and limits (see docs/score.md); empty: none"
    )
    judge_every_s: int = _setting(300, "how often the contacts of the last two days are judged anew")
    chores: int = _setting(
        1,
        "0: this collector counts no rollups, judges no contacts, sets no retention; of several on one server, one does",
    )
    linger_s: int = _setting(
        0, "after SIGTERM: how long to serve on while /readyz is red, seconds; 10 behind a load balancer"
    )
    drain_s: int = _setting(10, "after SIGTERM: how long to go on shipping what the queue still holds, seconds")
    time_zone: str = _setting("UTC", "the site's time zone, an IANA name; hours of the week are judged in it")
    app: str = _setting("", "the site that commands look at; empty: the only one there is")
    chromium: str = _setting("", "path of the Chromium for journeys and the demo; empty: look for one")
    log_format: str = _setting("", "text or json; empty: json in Kubernetes, text elsewhere; our images say json")
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
"""The one variable that is no setting: the path of the file."""


def load(flags: Mapping[str, Any] | None = None, env: Mapping[str, str] = os.environ) -> Settings:
    """Read the file that SNAG_CONFIG names, then SNAG_*, then `flags` (None: not given).

    An unknown name is an error, since a typo would pass silently.

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
            raise BadSetting(f"{key} in the environment is no setting{_nearest(key, [*known, CONFIG])}")
    settings = _with(settings, {known[k]: v for k, v in given.items()}, lambda name: f"SNAG_{name.upper()}")
    chosen = {k: v for k, v in (flags or {}).items() if v is not None}
    return _checked(_with(settings, chosen, lambda name: "--" + name.replace("_", "-")))


AUDIENCE_MEASUREMENT = "audience_measurement"
SHORTEST_PASSWORD = 8

AUDIENCE_DAYS = 760
"""25 months: what audience measurement without consent may keep at most."""


def _checked(settings: Settings) -> Settings:
    """Settings that belong together. Raises BadSetting."""
    if settings.consent_profile not in ("", AUDIENCE_MEASUREMENT):
        raise BadSetting(
            f"SNAG_CONSENT_PROFILE is {settings.consent_profile!r}; right would be {AUDIENCE_MEASUREMENT}, or nothing"
        )
    if settings.consent_profile:
        for name in ("keep_experience_days", "keep_performance_days", "keep_rollups_days"):
            if (days := getattr(settings, name)) > AUDIENCE_DAYS:
                raise BadSetting(
                    f"SNAG_{name.upper()} is {days}; with SNAG_CONSENT_PROFILE={AUDIENCE_MEASUREMENT} right would be "
                    f"at most {AUDIENCE_DAYS}, 25 months"
                )
    if settings.pages_user_header and not settings.trusted_proxies:
        raise BadSetting(
            f"SNAG_PAGES_USER_HEADER is {settings.pages_user_header}, but no proxy is trusted to write it; right would be "
            "its address or network in SNAG_TRUSTED_PROXIES"
        )
    if settings.pages_password and len(settings.pages_password) < SHORTEST_PASSWORD:
        raise BadSetting(
            f"SNAG_PAGES_PASSWORD has fewer than {SHORTEST_PASSWORD} characters; right would be a longer one"
        )
    return settings


def load_toml(path: str | Path, setting: str, error: type[Exception]) -> dict[str, Any]:
    """Read a TOML file. Raises `error`, naming the file and, where there is one, the `setting` that points at it."""
    place = f"{setting}: {path}" if setting else str(path)
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as cause:
        raise error(f"{place} cannot be read: {cause.strerror}") from None
    except UnicodeDecodeError as cause:
        raise error(f"{path} is not UTF-8: byte {cause.start}; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as cause:
        raise error(f"{path} is not TOML: {cause}") from None


def _file(path: str) -> dict[str, Any]:
    found = load_toml(path, CONFIG, BadSetting)
    for key in found:
        if key not in NAMES:
            raise BadSetting(f"{key} in {path} is no setting{_nearest(key, NAMES)}")
    return found


def _with(settings: Settings, values: Mapping[str, Any], where: Any) -> Settings:
    changes: dict[str, Any] = {}
    for f in fields(Settings):
        if f.name not in values:
            continue
        value = values[f.name]
        if f.type == "int":
            changes[f.name] = _whole(value, where(f.name))
        elif isinstance(value, str) and f.name == "log_format" and value not in ("", *FORMATS):
            raise BadSetting(f"{where(f.name)} is {value!r}; right would be {' or '.join(FORMATS)}")
        elif isinstance(value, str):
            changes[f.name] = _level(value, where(f.name)) if f.name == "log_level" else value
        else:
            raise BadSetting(f"{where(f.name)} is {value!r}, not a text")
    return replace(settings, **changes)


def _level(value: str, where: str) -> str:
    if value.upper() not in LEVELS:
        raise BadSetting(f"{where} is {value!r}; right would be {', '.join(LEVELS)}")
    return value.upper()


def _whole(value: Any, where: str) -> int:
    try:
        number = int(value) if isinstance(value, str) else value
    except ValueError:
        number = None
    if type(number) is not int or number < 0:
        raise BadSetting(f"{where} is {value!r}, not a whole number")
    if where.upper().replace("-", "_").endswith("WORKERS") and number == 0:
        raise BadSetting(f"{where} is 0; right would be 1 or more")
    if where.upper().endswith("PORT") and number > 65535:
        raise BadSetting(f"{where} is {number}, not a port: 0 to 65535")
    return number


def _nearest(name: str, known: Any) -> str:
    bare = {other.removeprefix("SNAG_"): other for other in known}  # the prefix alone makes all of them look alike
    near = difflib.get_close_matches(name.removeprefix("SNAG_"), bare, n=1, cutoff=0.6)
    return f"; did you mean {bare[near[0]]}?" if near else f"; settings are {', '.join(known)}"
