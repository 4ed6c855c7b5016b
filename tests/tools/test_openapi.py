"""docs/openapi.json says what a running collector does."""

import json
import urllib.error
import urllib.request

import pytest
from openapi_spec_validator import validate

from tests.server.test_serve import running
from tools.openapi import OPERATIONS, document


@pytest.fixture(scope="module")
def collector(tmp_path_factory):
    folder = tmp_path_factory.mktemp("openapi")
    (folder / "sources.toml").write_text('[desk]\nsecrets = ["env:DESK"]\n[annotations]\ntokens = ["env:DESK"]\n')
    settings = {"SNAG_SOURCES_FILE": str(folder / "sources.toml"), "DESK": "whsec_" + "c2VjcmV0" * 6}
    with running(folder, **settings) as collector:
        yield collector


def test_the_description_is_valid():
    validate(document())


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: f"{o.method} {o.path}")
def test_an_operation_answers_as_it_is_described(collector, operation):
    url = collector.private + operation.path.replace("{source}", "desk")
    body = b"{}" if operation.method == "post" else None
    request = urllib.request.Request(url, data=body, method=operation.method.upper())
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            status, said = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, said = error.code, error.read()
    assert body is None or json.loads(said)["message"]
    assert str(status) in operation.responses
    assert status not in (404, 405)
