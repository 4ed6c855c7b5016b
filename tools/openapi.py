"""docs/openapi.json: the private port's HTTP for machines (OpenAPI 3.1). `python -m tools.generate` writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from collector import __version__

TAKEN = {
    "202": "on disk; the answer counts what was kept and names records that were quarantined",
    "200": "this delivery was accepted before",
    "400": "not readable; the answer names the place and what was expected, and nothing was kept",
    "401": "signature or token missing, wrong, or too old",
    "403": "address not allowed",
    "404": "no such source in the sources file",
    "408": "the body came too slowly",
    "413": "too large",
    "415": "a content encoding that is not known",
    "503": "the queue is full or the store is not ready; retry after Retry-After",
}
"""What an intake answers, by status."""

PAGE = {"200": "HTML", "303": "log in first", "403": "pages are for this machine only until a login is configured"}


class Operation(NamedTuple):
    """One method of one path."""

    method: str
    path: str
    summary: str
    description: str = ""
    responses: Mapping[str, str] = MappingProxyType({})
    auth: tuple[str, ...] = ()


OPERATIONS = (
    Operation("get", "/livez", "Whether the process is alive", responses={"200": "it is"}),
    Operation(
        "get", "/readyz", "Whether beacons are accepted",
        "Asks for what accepting a beacon needs: the queue and its disk, never the store.",
        {"200": "ready", "503": "not ready, with the reason"},
    ),
    Operation("get", "/metrics", "Metrics for Prometheus", responses={"200": "text, or OpenMetrics if asked for"}),
    Operation(
        "post", "/v1/contacts/{source}", "Send contacts, or events of contacts",
        "The sources file names the source and how it signs. The body: an object, a list, `{\"contacts\": […]}` or NDJSON.",
        TAKEN, ("signature", "token"),
    ),
    Operation(
        "post", "/v1/surveys/{source}", "Send survey answers", "Signed like contacts.", TAKEN, ("signature", "token")
    ),
    Operation(
        "post", "/v1/annotations", "Record a release, a campaign or an outage",
        "`kind`, `title`, `start_ts`; optional `end_ts`, `app`, `url`, `labels`.", TAKEN, ("signature", "token"),
    ),
    Operation("get", "/surges", "Page: contact surges and what they follow", responses=PAGE, auth=("session",)),
    Operation("get", "/friction", "Page: friction points", responses=PAGE, auth=("session",)),
    Operation("get", "/journeys", "Page: journeys and funnels", responses=PAGE, auth=("session",)),
    Operation("get", "/releases", "Page: two releases side by side", responses=PAGE, auth=("session",)),
    Operation("get", "/surveys", "Page: surveys", responses=PAGE, auth=("session",)),
    Operation("get", "/operations", "Page: freshness, queue, journeys", responses=PAGE, auth=("session",)),
)  # fmt: skip

SCHEMES = {
    "signature": {
        "type": "apiKey", "in": "header", "name": "webhook-signature",
        "description": "Standard Webhooks, or the vendor's own signature; checked on the raw bytes",
    },
    "token": {"type": "apiKey", "in": "header", "name": "X-Snag-Token", "description": "or Authorization: Bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": "snag_session", "description": "from POST /login"},
}  # fmt: skip


def document() -> dict[str, Any]:
    """The description of every documented operation."""
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    return {
        "x-generated": "Written by `python -m tools.generate`. Do not edit.",
        "openapi": "3.1.0",
        "info": {
            "title": "Snagwatch, private port",
            "version": __version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "http://127.0.0.1:8801"}],
        "paths": paths,
        "components": {"securitySchemes": SCHEMES},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    written: dict[str, Any] = {
        "summary": operation.summary,
        "responses": {status: {"description": text} for status, text in sorted(operation.responses.items())},
    }
    if operation.description:
        written["description"] = operation.description
    if "{source}" in operation.path:
        source = {"name": "source", "in": "path", "required": True, "schema": {"type": "string"}}
        written["parameters"] = [source]
    if operation.method == "post":
        written["requestBody"] = {"content": {"application/json": {"schema": {}}}, "required": True}
    written["security"] = [{name: []} for name in operation.auth]
    return written


def text() -> str:
    """The file as it is committed."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"
