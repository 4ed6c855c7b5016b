"""How long modules and functions are, whose layout is not the formatter's, and which constants are read."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

SCAN = ("collector", "synthetic", "dashboards", "helm", "images", "tools", "benchmarks", "examples", "tests")

MOST_LINES, LONGEST_FUNCTION = 400, 60

LONG_MODULES = {
    "benchmarks/agent_accuracy/plain/calm_clicks.py": "pages as strings, one for each case",
    "benchmarks/agent_accuracy/plain/calm_visits.py": "pages as strings, one for each case",
    "collector/contacts/schema.py": "every field of a contact and how it is read, in the order of the documentation",
    "collector/events.py": "the vocabulary: every event and field once",
    "dashboards/boards/support.py": "one board, panel by panel",
    "tests/contacts/test_vendors.py": "one recorded payload for each vendor",
    "tests/helm/test_render.py": "one chart, rendered once",
    "tests/intake/test_http.py": "one port, request by request",
    "tests/synthetic/test_verdict.py": "one table of outcomes",
}
"""Longer than MOST_LINES, and why they are not cut."""

LONG_FUNCTIONS = {
    "benchmarks/correlation/agents.py build": "one simulated world, top to bottom",
    "benchmarks/correlation/queueing.py build": "one simulated world, top to bottom",
    "benchmarks/correlation/queueing.py _happen": "one simulated world, top to bottom",
    "benchmarks/correlation/series.py build": "one simulated world, top to bottom",
    "benchmarks/correlation/world.py make_site": "one simulated world, top to bottom",
    "benchmarks/pages/__main__.py support": "rows of a planted store",
    "collector/contacts/webhook.py add_contact_routes": "handlers that share the application's state",
    "collector/correlate/grid.py build_grid": "checks of the arguments, one after another",
    "collector/server/serve.py collector": "starts and stops every part in order",
    "collector/store/causes.py keep": "four statements and their columns",
    "dashboards/boards/operations.py board": "one board, panel by panel",
    "helm/schema.py schema": "the tree of the chart's values",
    "collector/surges/find.py find": "one search, step by step",
    "synthetic/attempt.py attempt": "one run, from the browser to its verdict",
    "synthetic/journey.py journey": "every option of a journey with what it means",
    "synthetic/runner.py _run": "starts and stops every part in order",
    "tests/correlate/call_centre.py call_centre": "one simulated world, top to bottom",
    "tests/correlate/small_shop.py small_shop": "one simulated world, top to bottom",
    "tests/dashboards/seed.py _desk": "rows of a planted store",
    "tests/dashboards/seed.py _said": "rows of a planted store",
    "tests/synthetic/faulty.py _page": "one page for each fault",
}
"""Longer than LONGEST_FUNCTION, and why they are not cut."""


@pytest.fixture(scope="module")
def sources():
    """Every Python file of the repository: its path and its text."""
    return {
        str(file.relative_to(ROOT)): file.read_text(encoding="utf-8")
        for folder in SCAN
        for file in sorted((ROOT / folder).rglob("*.py"))
        if "node_modules" not in file.parts
    }


def test_modules_are_short(sources):
    long = {path for path, text in sources.items() if text.count("\n") > MOST_LINES}
    assert long == set(LONG_MODULES), "cut what is new here; take off the list what has become short"


@pytest.fixture(scope="module")
def long_functions(sources):
    """Return every function that is longer, as "path name"."""
    return {
        f"{path} {node.name}"
        for path, text in sources.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }


def test_functions_are_short(long_functions):
    assert long_functions == set(LONG_FUNCTIONS), "cut what is new here; take off the list what has become short"


@pytest.mark.long
def test_only_tables_of_data_keep_a_layout_of_their_own(sources):
    wrong = [f"{path}:{line}" for path, text in sources.items() for line in own_layout(text)]
    assert wrong == [], "let `ruff format` lay these lines out"


TABLES = ast.Dict | ast.List | ast.Tuple | ast.Set


def own_layout(text):
    """Return the lines that are kept from the formatter and are neither a table nor the cases of a test."""
    if "# fmt: skip" not in text:
        return
    tables = [
        node
        for node in ast.walk(ast.parse(text))
        if (
            isinstance(node, ast.Assign | ast.AnnAssign)
            and isinstance(node.value, ast.Dict | ast.List | ast.Tuple | ast.Set)
        )
        or (isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.parametrize")
    ]
    for number, line in enumerate(text.splitlines(), 1):
        if line.endswith("# fmt: skip") and not any(t.lineno <= number <= t.end_lineno for t in tables):
            yield number


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("A = {\n  1:  2}  # fmt: skip", []),
        ("@pytest.mark.parametrize('a', [\n  1])  # fmt: skip\ndef test(a): ...", []),
        ("f(1,\n  2)  # fmt: skip", [2]),
        ("A = f(1,\n  2)  # fmt: skip", [2]),
    ],
)
def test_a_call_is_not_a_table(text, lines):
    assert list(own_layout(text)) == lines


@pytest.mark.long
def test_every_constant_of_the_product_is_read_somewhere(sources):
    """A constant that nothing reads looks like a knob and is none."""
    trees = {p: ast.parse(t) for p, t in sources.items() if p.startswith(("collector/", "synthetic/"))}
    read = {
        node.id if isinstance(node, ast.Name) else node.attr
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    }
    idle = [
        f"{path} {target.id}"
        for path, tree in trees.items()
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and re.fullmatch("[A-Z][A-Z0-9_]+", target.id) and target.id not in read
    ]
    assert idle == []
