"""Surges in the terminal."""

import io
import re

from rich.console import Console

from collector.web.terminal import print_found
from tests.surges.sample import found, surge


def shown(result) -> str:
    console = Console(record=True, width=100, file=io.StringIO())
    print_found(result, console)
    return console.export_text()


def test_no_surge_is_an_answer():
    assert "Contacts are as usual: no surge from " in shown(found())


def test_both_curves_are_on_one_axis_of_time():
    text = shown(found(surge()))
    assert "Contacts with support per 15 minutes" in text
    assert "Visits with rage clicks on “Pay” (/checkout) per 15 minutes" in text
    assert "█" in text
    assert re.search(r"\d\d:\d\d {2,}\d\d:\d\d", text)
