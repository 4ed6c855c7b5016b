"""The `snag` command. Each subcommand is loaded only when it is run."""

from __future__ import annotations

import argparse
import difflib
import importlib
import logging
import re
import sys
from collections.abc import Iterable
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from collector import __version__, logs
from collector.errors import Failed
from collector.settings import BadSetting, Settings, load

STORE = ("data_dir", "dsn", "log_level")
SITE = (*STORE, "app", "time_zone")


def count(text: str) -> int:
    """A whole number from 1, for argparse."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


class Command(NamedTuple):
    """Where a command lives and what it is for."""

    module: str
    help: str
    settings: tuple[str, ...] = SITE
    """The settings that it uses, which are its flags."""


_ONLY_COMMANDS = ("chromium",)
"""Settings that a collector does not use."""

_COLLECTOR = tuple(f.name for f in fields(Settings) if f.name not in _ONLY_COMMANDS)
_JOBS = (
    *SITE, "apps_file", "sources_file", "performance_file", "notify_file", "journeys_file", "requester_keys",
    "consent_profile", "judge_every_s", "keep_experience_days", "keep_performance_days", "keep_contacts_days",
    "keep_rollups_days", "spool_dir", "spool_max_mb", "spool_min_free_mb", "private_host", "private_port", "log_format",
)  # fmt: skip

GROUPS: dict[str, dict[str, Command]] = {
    "Start here": {
        "docs": Command("collector.commands.docs", "Print where the documentation is", ()),
        "demo": Command(
            "collector.commands.demo",
            "Run the demo: a shop, visitors, an incident and the verdict",
            ("data_dir", "chromium", "log_level"),
        ),
        "doctor": Command(
            "collector.commands.doctor",
            "Check the browser, the store and the versions in use",
            (*STORE, "chromium", "spool_dir", "spool_min_free_mb"),
        ),
    },
    "For support leads": {
        "contacts": Command(
            "collector.commands.contacts",
            "Import support contacts; explain why there are more than usual",
            (*SITE, "sources_file", "requester_keys", "consent_profile", "spool_dir"),
        ),
        "surveys": Command(
            "collector.commands.surveys", "Import survey answers: NPS, CSAT, CES", (*SITE, "requester_keys")
        ),
        "annotate": Command("collector.commands.annotate", "Record an event: a release, a campaign, an outage"),
        "correlate": Command("collector.commands.correlate", "Find contact surges and what they follow"),
        "report": Command(
            "collector.commands.report",
            "Write a report as one HTML file",
            (*SITE, "journeys_file", "opening_hours", "fcr_excluded_reasons"),
        ),
        "notify": Command("collector.commands.notify", "Test the notification channels", ("notify_file", "log_level")),
    },
    "For researchers and product owners": {
        "friction": Command(
            "collector.commands.friction", "List where people get stuck, why, and whether a fix helped"
        ),
        "funnel": Command(
            "collector.commands.funnel", "Show how visits get through a journey", (*SITE, "journeys_file")
        ),
        "metrics": Command(
            "collector.commands.metrics",
            "Show CX and service metrics with their intervals",
            (*SITE, "opening_hours", "fcr_excluded_reasons"),
        ),
        "feedback": Command("collector.commands.feedback", "Follow a contact reason to a friction point and a fix"),
    },
    "For developers": {
        "tag": Command("collector.commands.tag", "Print the script tag for a site's pages", ("app", "log_level")),
        "probe": Command("collector.commands.probe", "Send one beacon and wait until it is stored", (*STORE, "app")),
        "sourcemaps": Command(
            "collector.commands.sourcemaps",
            "Upload a release's source maps, to name places in errors",
            (*SITE, "sourcemaps_token"),
        ),
        "journeys": Command("synthetic.command", "Run synthetic journeys", ("chromium", "journeys_file", "log_level")),
    },
    "For operators": {
        "serve": Command("collector.commands.serve", "Run the collector", _COLLECTOR),
        "jobs": Command(
            "collector.commands.jobs", "Run background jobs once for collectors that share a server", _JOBS
        ),
        "store": Command("collector.commands.store", "Migrate, check, back up or query the store", STORE),
        "spool": Command(
            "collector.commands.spool", "Show the queue and its quarantine", ("data_dir", "spool_dir", "log_level")
        ),
        "performance": Command(
            "collector.commands.performance",
            "Import series of the infrastructure from Prometheus",
            (*SITE, "performance_file"),
        ),
        "dashboards": Command("collector.commands.dashboards", "Install the boards in a Grafana", ("log_level",)),
        "privacy": Command(
            "collector.commands.privacy",
            "Erase a person's data; report what is stored",
            (
                *STORE,
                "spool_dir",
                "requester_keys",
                "consent_profile",
                "keep_experience_days",
                "keep_performance_days",
                "keep_contacts_days",
                "keep_rollups_days",
            ),
        ),
        "plan": Command(
            "collector.commands.plan",
            "Estimate the resources for a number of sessions",
            ("keep_experience_days", "keep_performance_days", "keep_rollups_days"),
        ),
    },
}

COMMANDS = {name: command for group in GROUPS.values() for name, command in group.items()}
ALIASES = {"chores": "jobs"}
"""Earlier names, which keep working."""


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns its exit code: 0 done, 1 done but something was rejected or found, 2 not done."""
    args = sys.argv[1:] if argv is None else argv
    try:
        return _run(args)
    except KeyboardInterrupt:
        print("snag: interrupted", file=sys.stderr)
        return 130


def _run(args: list[str]) -> int:
    if args[:1] in (["--version"], ["-V"]):
        print(f"snag {__version__}")
        return 0
    if not args or args[0] in ("-h", "--help"):
        print(_usage())
        return 0 if args else 2
    name = ALIASES.get(args[0], args[0])
    if name not in COMMANDS:
        hint = _nearest(args[0], COMMANDS) or "`snag --help` lists the commands"
        print(f"snag: unknown command {args[0][:80]!a}; {hint}", file=sys.stderr)
        return 2
    command = COMMANDS[name]
    module = importlib.import_module(command.module)
    common = _settings(command.settings)
    parser = Parser(f"snag {args[0]}", description=module.__doc__, parents=[common])
    module.arguments(parser, common)
    chosen = parser.parse_args(args[1:])
    try:
        settings = load({f.name: getattr(chosen, f.name, None) for f in fields(Settings)})
        logs.set_up(settings.log_level, settings.log_format)
        # The driver logs each error that it raises, with the whole request: whoever handles it logs it once.
        for chatty in ("clickhouse_connect", "urllib3"):
            logging.getLogger(chatty).setLevel(logging.CRITICAL)
        return int(module.run(chosen, settings))
    except _foreseen() as error:
        print(f"snag: {error}", file=sys.stderr)
        return 2


def _foreseen() -> tuple[type[Exception], ...]:
    """Errors whose message is written for the user. Loaded late: they come from rooms that are slow to import."""
    errors: list[type[Exception]] = [BadSetting, Failed]
    for module, names in (
        ("collector.store", ("StoreUnreachable", "SchemaMismatch")),
        ("collector.spool", ("SpoolInUse",)),
    ):
        if module in sys.modules:
            errors += [getattr(sys.modules[module], name) for name in names]
    return tuple(errors)


class Help(argparse.RawDescriptionHelpFormatter):
    """Help that shows the default of every option with a value, unless its text has it already."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=32)

    def _get_help_string(self, action: argparse.Action) -> str:
        text = action.help or ""
        if not action.option_strings or action.nargs == 0 or "(default" in text:
            return text
        if action.required:
            return f"{text} (required)"
        if action.default is argparse.SUPPRESS:
            return text
        return f"{text} (default: {_shown(action.default)})"


class Parser(argparse.ArgumentParser):
    """A parser, also of subcommands, whose errors are one line with the nearest name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "formatter_class": Help})

    def error(self, message: str) -> NoReturn:
        words = message
        if unknown := re.match(r"unrecognized arguments: (\S+)", message):
            hint = _nearest(unknown[1].partition("=")[0], self._flags())
            what = "option" if unknown[1].startswith("-") else "argument"
            words = f"unknown {what} {unknown[1][:80]!r}" + (f"; {hint}" if hint else "")
        elif choice := re.match(r"argument (.+?): invalid choice: '(.*?)' \(choose from (.*)\)", message):
            known = re.findall(r"[\w-]+", choice[3])
            hint = _nearest(choice[2], known)
            what = f"{choice[1]}: " if choice[1].startswith("-") else ""
            words = f"{what}{choice[2][:80]!r} is not valid; expected {', '.join(known)}" + (
                f"; {hint}" if hint else ""
            )
        print(f"{self.prog}: {words}\n`{self.prog} --help` lists the options.", file=sys.stderr)
        raise SystemExit(2)

    def _flags(self) -> list[str]:
        """The options of this command and of its subcommands."""
        flags = [flag for action in self._actions for flag in action.option_strings]
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                flags += [flag for parser in action.choices.values() for flag in parser._flags()]
        return flags


def _settings(names: tuple[str, ...]) -> Parser:
    """The flags of settings, to be a parent of a command and of its own subcommands: they may stand anywhere."""
    parser = Parser(add_help=False)
    group = parser.add_argument_group(
        "settings (flags override SNAG_* variables, which override the file in SNAG_CONFIG)"
    )
    defaults = Settings()
    for f in fields(Settings):
        if f.name in names:
            default = _shown(getattr(defaults, f.name))
            group.add_argument(
                f"--{f.name.replace('_', '-')}",
                default=argparse.SUPPRESS,
                help=f"{f.metadata['help']} (default: {default})".replace("%", "%%"),
                metavar=_metavar(f),
            )
    return parser


_METAVARS = {
    "dsn": "DSN", "data_dir": "DIR", "spool_dir": "DIR", "chromium": "FILE", "app": "SITE", "time_zone": "TIME_ZONE",
    "trusted_proxies": "NETWORKS", "foreign_agents": "NAMES", "pages_user_header": "HEADER", "opening_hours": "HOURS",
    "fcr_excluded_reasons": "REASONS", "consent_profile": "PROFILE", "requester_keys": "SECRETS", "chores": "0|1",
    "log_format": "FORMAT", "log_level": "LEVEL", "address_events_per_s": "N", "judge_every_s": "SECONDS",
    "linger_s": "SECONDS", "drain_s": "SECONDS",
}  # fmt: skip


def _metavar(f: Field[Any]) -> str:
    """What a setting's value is."""
    endings = {"file": "FILE", "mb": "MIB", "days": "DAYS", "host": "ADDRESS", "port": "PORT", "password": "PASSWORD"}
    return _METAVARS.get(f.name) or endings.get(f.name.rpartition("_")[2], "N")


def _shown(default: Any) -> str:
    """A default as help shows it."""
    if default is None or default in ("", [], ()):
        return "none" if default != "" else "empty"
    text = ", ".join(map(str, default)) if isinstance(default, list | tuple) else str(default)
    return text.replace(str(Path.home()), "~")


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else ""


def _usage() -> str:
    lines = ["usage: snag COMMAND [options]", "", "`snag COMMAND --help` describes a command and lists its settings."]
    for group, commands in GROUPS.items():
        lines += ["", f"{group}:"]
        lines += [f"  {name:<12}{command.help}" for name, command in commands.items()]
    return "\n".join(lines)
