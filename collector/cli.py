"""The `snag` command. Each subcommand is loaded only when it is run."""

from __future__ import annotations

import argparse
import importlib
import logging
import sys
from dataclasses import fields
from typing import NamedTuple

from collector import __version__, logs
from collector.errors import Failed
from collector.settings import BadSetting, Settings, load


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
    settings: tuple[str, ...] = ("data_dir", "dsn", "app", "time_zone", "log_level")
    """The settings that it takes as flags; "*" stands for all."""


COMMANDS = {
    "demo": Command(
        "collector.commands.demo", "see it all at work: a shop, its visitors, an incident, the verdict", ()
    ),
    "serve": Command("collector.commands.serve", "run the collector", ("*",)),
    "chores": Command("collector.commands.jobs", "what several collectors on one server need done once", ("*",)),
    "journeys": Command("synthetic.command", "run synthetic journeys", ("chromium", "journeys_file", "log_level")),
    "contacts": Command("collector.commands.contacts", "import support contacts; ask why there are so many"),
    "surveys": Command("collector.commands.surveys", "import what customers answered: NPS, CSAT, CES"),
    "annotate": Command("collector.commands.annotate", "say what happened: a release, a campaign, an outage"),
    "notify": Command(
        "collector.commands.notify", "who is told of surges: try the channels", ("notify_file", "log_level")
    ),
    "correlate": Command("collector.commands.correlate", "find contact surges and what they follow"),
    "friction": Command("collector.commands.friction", "where people get stuck most"),
    "metrics": Command(
        "collector.commands.metrics",
        "CX and service numbers with their intervals",
        ("data_dir", "dsn", "app", "time_zone", "opening_hours", "fcr_excluded_reasons", "log_level"),
    ),
    "feedback": Command(
        "collector.commands.feedback", "from a reason of contacts to a friction point and a proven fix"
    ),
    "privacy": Command("collector.commands.privacy", "forget a person; say what is kept of people", ("*",)),
    "funnel": Command(
        "collector.commands.funnel",
        "how visitors and runs get through a journey, and what friction costs",
        ("data_dir", "dsn", "app", "time_zone", "journeys_file", "log_level"),
    ),
    "sourcemaps": Command(
        "collector.commands.sourcemaps", "keep a release's source maps, to say where an error was written"
    ),
    "performance": Command("collector.commands.performance", "take series of the infrastructure from Prometheus"),
    "dashboards": Command(
        "collector.commands.dashboards", "put the Grafana boards into a running Grafana", ("log_level",)
    ),
    "report": Command("collector.commands.report", "write it all down as one HTML file"),
    "store": Command("collector.commands.store", "migrate, check or query the store", ("data_dir", "dsn", "log_level")),
    "spool": Command(
        "collector.commands.spool",
        "the durable queue: what waits, what was set aside",
        ("data_dir", "spool_dir", "log_level"),
    ),
    "tag": Command("collector.commands.tag", "the script tag for a site's pages", ("app", "log_level")),
    "plan": Command(
        "collector.commands.plan",
        "say what a number of sessions needs",
        ("keep_experience_days", "keep_performance_days"),
    ),
    "probe": Command("collector.commands.probe", "post one beacon and wait until it can be read"),
    "docs": Command("collector.commands.docs", "Print where the documentation is", ()),
    "doctor": Command("collector.commands.doctor", "say which browser, store and versions are in use", ("*",)),
}


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns its exit code: 0 done, 1 done but something was refused or found, 2 not done."""
    args = sys.argv[1:] if argv is None else argv
    if args[:1] in (["--version"], ["-V"]):
        print(f"snag {__version__}")
        return 0
    if not args or args[0] in ("-h", "--help"):
        print(_usage())
        return 0 if args else 2
    if args[0] not in COMMANDS:
        print(f"snag: there is no command '{args[0]}'\n{_usage()}", file=sys.stderr)
        return 2
    command = COMMANDS[args[0]]
    module = importlib.import_module(command.module)
    common = _settings(command.settings)
    parser = argparse.ArgumentParser(
        f"snag {args[0]}",
        description=module.__doc__,
        parents=[common],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.arguments(parser, common)
    chosen = parser.parse_args(args[1:])
    try:
        settings = load({f.name: getattr(chosen, f.name, None) for f in fields(Settings)})
        logs.set_up(settings.log_level, settings.log_format)
        # The driver logs each error that it raises, with the whole request: whoever handles it says it once.
        for chatty in ("clickhouse_connect", "urllib3"):
            logging.getLogger(chatty).setLevel(logging.CRITICAL)
        logging.getLogger("matplotlib").setLevel(logging.WARNING)
        return int(module.run(chosen, settings))
    except KeyboardInterrupt:
        print("snag: interrupted", file=sys.stderr)
        return 130
    except _foreseen() as error:
        print(f"snag: {error}", file=sys.stderr)
        return 2


def _foreseen() -> tuple[type[Exception], ...]:
    """Errors whose message is written for the user. Loaded late: they come from rooms that are slow to import."""
    found: list[type[Exception]] = [BadSetting, Failed]
    for module, names in (
        ("collector.store", ("StoreUnreachable", "SchemaMismatch")),
        ("collector.spool", ("SpoolInUse",)),
    ):
        if module in sys.modules:
            found += [getattr(sys.modules[module], name) for name in names]
    return tuple(found)


def _settings(names: tuple[str, ...]) -> argparse.ArgumentParser:
    """The flags of settings, to be a parent of a command and of its own subcommands: they may stand anywhere."""
    parser = argparse.ArgumentParser(add_help=False)
    group = parser.add_argument_group("settings (a flag beats SNAG_*, which beats the file that SNAG_CONFIG names)")
    for f in fields(Settings):
        if f.name in names or names == ("*",):
            flag, meaning = f"--{f.name.replace('_', '-')}", f.metadata["help"]
            group.add_argument(flag, default=argparse.SUPPRESS, help=meaning, metavar="…")
    return parser


def _usage() -> str:
    lines = ["usage: snag COMMAND [options]     snag COMMAND --help says more", ""]
    lines += [f"  {name:<10} {command.help}" for name, command in COMMANDS.items()]
    return "\n".join(lines)
