"""Each example works as it is."""

import os
import subprocess
import sys

import pytest

from collector.contacts.sources_file import load_sources
from collector.intake.apps import load_apps
from collector.metrics.journeys import read as read_journeys


@pytest.fixture
def examples(root):
    return root / "examples"


def snag(*args, **env):
    return subprocess.run(
        [sys.executable, "-m", "collector", *args],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_the_apps_file_admits_its_own_origins_and_no_others(examples):
    shop = load_apps(str(examples / "apps.toml")).get("shop")
    assert shop.allows("https://www.shop.example")
    assert not shop.allows("https://elsewhere.example")


def test_the_sources_file_loads_once_its_secrets_are_set(examples):
    secret = "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"
    env = dict.fromkeys(("ZENDESK_SECRET", "ZENDESK_TOKEN", "DESK_SECRET", "DEPLOY_TOKEN"), secret)
    assert set(load_sources(str(examples / "sources.toml"), env)) == {"zendesk", "desk", "annotations"}


def test_the_journeys_file_names_the_steps_of_the_checkout(examples):
    (checkout,) = read_journeys(examples / "journeys.yaml")
    assert [step.name for step in checkout.steps] == ["open the cart", "pay", "done"]


def test_the_journey_is_found(examples):
    assert "checkout" in snag("journeys", "list", str(examples / "checkout_journey.py"))


def test_the_contacts_are_read_without_a_flag_beside_their_source(examples, tmp_path):
    out = snag(
        "contacts",
        "import",
        str(examples / "contacts.csv"),
        "--source",
        "desk",
        "--dry-run",
        SNAG_DATA_DIR=str(tmp_path),
    )
    assert "3" in out
