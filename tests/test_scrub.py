"""Python's scrubber and the agent's agree on the same cases."""

import json
import subprocess
from pathlib import Path

import pytest

from collector import scrub

ROOT = Path(__file__).parents[1]
CASES = json.loads((ROOT / "tests/scrub_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("text", "expected"), CASES["scrub"])
def test_a_message_is_left_without_people(text, expected):
    assert scrub.scrub(text) == expected


@pytest.mark.parametrize(("path", "expected"), CASES["template"])
def test_a_path_is_left_without_ids(path, expected):
    assert scrub.template(path) == expected


@pytest.mark.parametrize(("address", "page", "expected"), CASES["first_party"])
def test_a_site_knows_its_own_addresses(address, page, expected):
    assert scrub.first_party(address, page) is expected


def test_the_agent_s_scrubber_agrees_on_every_case():
    (source,) = (ROOT / "agent/src").rglob("scrub.ts")
    run = f"""
      import {{ scrub, template }} from {json.dumps(str(source))};
      const cases = {json.dumps(CASES)};
      console.log(JSON.stringify({{ scrub: cases.scrub.map(([text]) => scrub(text)),
                                   template: cases.template.map(([path]) => template(path)) }}));
    """
    bundled = subprocess.run(
        [ROOT / "agent/node_modules/.bin/esbuild", "--bundle", "--format=iife"],
        input=run,
        cwd=source.parent,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    head = "globalThis.window = globalThis; globalThis.document = {};"
    head += "globalThis.location = new URL('https://www.shop.example/');"
    answer = json.loads(
        subprocess.run(["node", "-e", head + bundled], capture_output=True, text=True, check=True).stdout
    )
    assert answer["scrub"] == [expected for _, expected in CASES["scrub"]]
    assert answer["template"] == [expected for _, expected in CASES["template"]]
