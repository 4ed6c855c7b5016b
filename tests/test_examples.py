"""Examples work as they are."""

import subprocess
import sys

import pytest
import yaml

from collector.contacts.sources_file import load as load_sources
from collector.intake.apps import load as load_apps
from collector.metrics.journeys import read as read_journeys
