"""What a reader of the SQL endpoint may ask: one statement that reads, from our own tables, within limits.

The engine's own grants (see embedded.py) stop files, addresses and other servers; they do not stop the scalar
function `file`, and the embedded engine knows one user only. So a statement is first written anew by the engine's
own parser, which leaves no comment, heredoc, odd quote or escape to hide behind; that text is judged here, word by
word, and that text is what runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

READING = ("SELECT", "WITH", "EXPLAIN", "SHOW", "DESCRIBE", "EXISTS")

TABLE_FUNCTIONS = frozenset(
    {
        "numbers",
        "numbers_mt",
        "zeros",
        "zeros_mt",
        "generateseries",
        "generate_series",
        "null",
        "values",
        "view",
        "primes",
        "format",
    }
)
"""Table functions that only make rows. Every other one that the engine knows is refused, also those of engines to come."""

FORBIDDEN = frozenset(
    {
        "file",
        "python",
        "eval",
        "executable",
        "catboostevaluate",
        "outfile",
        "infile",
        "getmacro",
        "addresstoline",
        "addresstosymbol",
        "addresstolinewithinlines",
        "demangle",
    }
)
"""Words that reach beyond the tables, wherever they stand."""

SYSTEM_TABLES = frozenset(
    {
        "columns",
        "tables",
        "databases",
        "functions",
        "one",
        "numbers",
        "parts",
        "settings",
        "table_functions",
        "data_type_families",
        "time_zones",
        "formats",
        "contributors",
        "build_options",
        "aggregate_function_combinators",
        "keywords",
        "table_engines",
        "completions",
    }
)
"""Tables of `system` that tell about the schema and the dialect, not about the machine or about other readers."""

OURS = ("snag_experience", "snag_performance")
DATABASES = frozenset({*OURS, "system", "information_schema"})

LIMITED = {
    "max_execution_time": 30,
    "max_memory_usage": 1_000_000_000,
    "max_result_rows": 1_000_000,
    "max_result_bytes": 256 * 2**20,
    "max_threads": 4,
}
"""A reader may lower these, never raise them. Seconds, bytes, rows."""

FREE = re.compile(
    r"(?:cast_string_to_\w+|(?:in|out)put_format_\w+|format_\w+|date_time_(?:in|out)put_format|session_timezone|join_use_nulls|"
    r"final|max_block_size|optimize_\w+|enable_http_compression|send_progress_in_http_headers|"
    r"http_headers_progress_interval_ms|wait_end_of_query|log_comment|use_query_cache|group_by_use_nulls|"
    r"transform_null_in|union_default_mode|any_join_distinct_right_table_keys|cancel_http_readonly_queries_on_client_close|"
    r"aggregate_functions_null_for_empty|prefer_column_name_to_alias|enable_analyzer|allow_experimental_\w+)\Z"
)
"""Settings that change how an answer looks, and nothing else."""

_WORD = re.compile(
    r"'(?:[^'\\]|\\.)*'|`((?:[^`\\]|\\.|``)*)`|\"((?:[^\"\\]|\\.|\"\")*)\"|([A-Za-z_]\w*)|(\d[\w.]*|\S)", re.S
)
_PARAMETER = re.compile(r"\{(\w+):Identifier\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?\Z")


class Denied(Exception):
    """A statement that a reader may not run; says which word of it and why."""


class Word(NamedTuple):
    """One token of canonical SQL: a name (without its quotes), or a single sign."""

    text: str
    is_name: bool
    quoted: bool


def check(sql: str, parameters: Mapping[str, str], *, databases: frozenset[str], functions: frozenset[str]) -> None:
    """Raises Denied unless `sql`, as the engine's parser writes it, only reads what it may.

    `databases`: those that this reader may see; `functions`: all table functions that the engine knows, in lower case.
    """
    words = list(_words(sql))
    if not words or words[0].text.upper() not in READING:
        raise Denied(f"{words[0].text if words else 'nothing'}: a reader may use {', '.join(READING)}")
    for at, word in enumerate(words):
        if not word.is_name:
            continue
        name = word.text.lower()
        if name in FORBIDDEN:
            raise Denied(f"{word.text}: not available to readers")
        called = at + 1 < len(words) and words[at + 1].text == "("
        if called and name in functions and name not in TABLE_FUNCTIONS:
            raise Denied(f"{word.text}(): readers have the table functions {', '.join(sorted(TABLE_FUNCTIONS))}")
        if called and name.startswith(("dictget", "joinget")):
            raise Denied(f"{word.text}(): not available to readers")
        qualifies = at + 2 < len(words) and words[at + 1].text == "."
        if name not in databases and (name in OURS or (qualifies and name == "default")):
            raise Denied(f"{word.text}: this user may not read it")
        if qualifies and name == "system" and words[at + 2].text.lower() not in SYSTEM_TABLES:
            raise Denied(f"system.{words[at + 2].text}: readers have {', '.join(sorted(SYSTEM_TABLES))}")
    for name in _PARAMETER.findall(sql):
        _check_identifier(name, parameters.get(name, ""), databases)
    for setting, value in _settings(words):
        check_setting(setting, value)


def check_setting(name: str, value: str) -> None:
    """Raises Denied unless a reader may set `name` to `value`."""
    if name in LIMITED:
        limit = LIMITED[name]
        if not re.fullmatch(r"\d{1,15}(\.\d+)?", value) or not 0 < float(value) <= limit:
            raise Denied(f"setting {name} = {value}: a reader may set it from 1 to {limit}")
    elif not FREE.match(name):
        raise Denied(f"setting {name}: readers may set limits lower and formats, nothing else")


def _check_identifier(parameter: str, value: str, databases: frozenset[str]) -> None:
    if not _NAME.match(value):
        raise Denied(f"parameter {parameter}: {value[:60]!r} is not a plain name")
    first, _, table = value.lower().partition(".")
    if (
        first in FORBIDDEN
        or (table and first not in databases)
        or (table and first == "system" and table not in SYSTEM_TABLES)
    ):
        raise Denied(f"parameter {parameter}: this user may not read {value}")


def _words(sql: str) -> Iterator[Word]:
    for match in _WORD.finditer(sql):
        text = match.group()
        if text[0] == "'":
            yield Word("''", False, True)
        elif text[0] in '`"':
            inner = text[1:-1]
            if "\\" in inner:
                raise Denied(f"{text}: names with escapes are not available to readers")
            yield Word(inner, True, True)
        elif match.group(3):
            yield Word(text, True, False)
        else:
            yield Word(text, False, False)


def _settings(words: list[Word]) -> Iterator[tuple[str, str]]:
    """Name and value of every setting in every SETTINGS clause."""
    for at, word in enumerate(words):
        if word.text.upper() != "SETTINGS" or word.quoted:
            continue
        here = at + 1
        while here + 2 < len(words) and words[here + 1].text == "=":
            value, end = "", here + 2
            while (
                end < len(words) and words[end].text not in (",", ")") and not (words[end].is_name and end > here + 2)
            ):
                value += words[end].text
                end += 1
            yield words[here].text.lower(), value
            if end >= len(words) or words[end].text != ",":
                break
            here = end + 1
