"""The command line: what help shows, and what a typing error gets."""

import argparse
import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from collector import cli
from collector.cli import ALIASES, COMMANDS, GROUPS, Parser, main
from collector.commands.tables import show
from collector.settings import NAMES

MIGHT_BE_READ_ELSEWHERE = {"log_level", "log_format", "data_dir", "dsn"}
"""Settings that `main` or the properties of Settings read for every command."""

DIALECT = re.compile(r"\b(is no|is none|right would be|parted by|anew|whose fault)\b")

PROPERTIES = {"store_dsn": {"dsn", "data_dir"}, "spool_path": {"spool_dir", "data_dir"}}


def parsers(name: str) -> list[Parser]:
    """The parser of a command and of its subcommands."""
    command = COMMANDS[name]
    module = importlib.import_module(command.module)
    common = cli._settings(command.settings)
    parser = Parser(f"snag {name}", description=module.__doc__, parents=[common])
    module.arguments(parser, common)
    return [parser, *_children(parser)]


def _children(parser: Parser) -> list[Parser]:
    nested = [
        child
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for child in action.choices.values()
    ]
    return [*nested, *(deeper for child in nested for deeper in _children(child))]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_a_help_text_with_its_default_and_a_metavar(name):
    for parser in parsers(name):
        for action in parser._actions:
            if not action.option_strings or isinstance(action, argparse._HelpAction):
                continue
            text = Help.text(parser, action)
            assert text, (parser.prog, action.option_strings)
            if action.nargs != 0:
                assert "(default: " in text or "(required)" in text, (parser.prog, action.option_strings, text)
                metavar = str(action.metavar or "")
                assert re.fullmatch(r"[A-Z][\w=|,\[\] /-]*|0\|1", metavar), (parser.prog, action.option_strings)
            assert action.dest in NAMES or not DIALECT.search(text), text


class Help:
    @staticmethod
    def text(parser: Parser, action: argparse.Action) -> str:
        return cli.Help(parser.prog)._get_help_string(action)


def test_every_command_begins_with_a_verb_in_one_short_line():
    for name, command in COMMANDS.items():
        assert re.match(r"[A-Z][a-z]+[ ,]", command.help), name
        assert len(command.help) < 70, name
    for name in COMMANDS:
        for parser in parsers(name):
            for action in parser._actions:
                if isinstance(action, argparse._SubParsersAction):
                    for choice in action._choices_actions:
                        assert re.match(r"[A-Z][a-z]+[ ,]", choice.help or ""), (parser.prog, choice.dest, choice.help)
                        assert len(choice.help) < 70, (parser.prog, choice.dest)


def test_help_is_grouped_by_who_uses_what(capsys):
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert [line[:-1] for line in text.splitlines() if line.endswith(":") and not line.startswith(" ")] == list(GROUPS)
    assert all(len(line) <= 80 for line in text.splitlines())


def read_settings(package: str) -> set[str]:
    """Settings that the modules of a command read, and all that they import."""
    root = Path(cli.__file__).parent.parent
    todo, seen, names = [package], set(), set()
    while todo:
        module = todo.pop()
        path = root.joinpath(*module.split("."))
        file = path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py"
        if module in seen or not file.exists() or module == "collector.cli":
            continue
        seen.add(module)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                names |= PROPERTIES.get(node.attr, {node.attr})
            elif (
                isinstance(node, ast.ImportFrom)
                and node.module
                and node.module.split(".")[0] in ("collector", "synthetic")
            ):
                todo += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names & set(NAMES)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_offers_the_settings_that_it_reads_and_no_others(name):
    command = COMMANDS[name]
    assert set(command.settings) <= set(NAMES)
    assert set(command.settings) - read_settings(command.module) - MIGHT_BE_READ_ELSEWHERE == set()
    own = {
        node.attr
        for file in own_files(command.module)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "settings"
    }
    needed = {setting for attribute in own for setting in PROPERTIES.get(attribute, {attribute})} & set(NAMES)
    assert needed - set(command.settings) - {"private_port"} == set(), "read, but no flag sets it"


def own_files(module: str) -> list[Path]:
    path = Path(cli.__file__).parent.parent.joinpath(*module.split("."))
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


def test_jobs_and_its_earlier_name_are_one_command(capsys):
    for name in ("jobs", "chores"):
        with pytest.raises(SystemExit):
            main([name, "--help"])
        text = capsys.readouterr().out
        assert f"usage: snag {name}" in text
        assert "--workers" not in text
        assert "--public-port" not in text
    assert ALIASES["chores"] == "jobs"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (["contacs", "why"], "snag: unknown command 'contacs'; did you mean 'contacts'?"),
        (["xyzzy"], "snag: unknown command 'xyzzy'; `snag --help` lists the commands"),
        (["\x1b[31m"], r"snag: unknown command '\x1b[31m'; `snag --help` lists the commands"),
        (["serve", "--pubic-port", "1"], "snag serve: unknown option '--pubic-port'; did you mean '--public-port'?"),
        (["friction", "top", "--sinse", "7d"], "snag friction: unknown option '--sinse'; did you mean '--since'?"),
        (
            ["contacts", "imprt"],
            "snag contacts: 'imprt' is not valid; expected import, pull, reasons, why, surges, confirm, refuse, linked; "
            "did you mean 'import'?",
        ),
    ],
)
def test_a_typing_error_gets_one_line_with_the_nearest_name(typed, message, capsys):
    try:
        code = main(typed)
    except SystemExit as end:
        code = end.code
    assert code == 2
    assert capsys.readouterr().err.splitlines()[0] == message


def test_an_interrupt_while_a_command_is_loaded_is_quiet(monkeypatch, capsys):
    def interrupted(name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.importlib, "import_module", interrupted)
    assert main(["friction", "top"]) == 130
    assert capsys.readouterr().err == "snag: interrupted\n"


def wide_table() -> Table:
    table = Table("step", *(f"a long heading {n}" for n in range(8)))
    for name in ("cart", "pay", "thanks"):
        table.add_row(name, *("1,234 (1,000 to 1,500)" for _ in range(8)))
    return table


def test_a_table_keeps_its_first_column_in_a_narrow_terminal(capsys):
    console = Console(width=40, force_terminal=True, color_system=None)
    with console.capture() as captured:
        show(wide_table(), console)
    text = captured.get()
    assert all(name in text for name in ("cart", "pay", "thanks"))
    assert text.count("a long heading 7: 1,234 (1,000 to 1,500)") == 3


def test_a_table_in_a_pipe_is_as_wide_as_it_is(capsys):
    show(wide_table())
    text = capsys.readouterr().out
    assert text.count("1,234 (1,000 to 1,500)") == 24
    assert all(name in text for name in ("cart", "pay", "thanks"))


def test_help_loads_no_command():
    code = "import sys; from collector.cli import main; main(['--help']); print([m for m in sys.modules if 'commands' in m])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"
