"""Hooks of the docs site: links to files beside docs/ stay useful, and openapi.json becomes a readable page."""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
_LINK = re.compile(r"\]\(([^)#:\s]+)(#[^)]*)?\)")


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Take along the files beside docs/ that some page links to, below `source/`."""
    wanted = set()
    for page in files.documentation_pages():
        for target, _ in _LINK.findall(page.content_string):
            if outside := _outside(page.src_uri, target):
                wanted.add(outside)
    for path in sorted(wanted):
        if (ROOT / path).is_file():
            files.append(File.generated(config, _in_site(path), abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Point links that leave docs/ at their copies; a link to a folder is its name in code."""
    here = page.file.src_uri

    def link(match: re.Match[str]) -> str:
        outside = _outside(here, match[1])
        if outside is None:
            return match[0]
        return f"]({_up(here)}{_in_site(outside)})"

    markdown = re.sub(r"\[([^\]]*)\]\(([^)#:\s]+)\)", lambda m: _folder(here, m) or m[0], markdown)
    return _LINK.sub(link, markdown).replace("<!-- openapi -->", _operations())


def _folder(here: str, match: re.Match[str]) -> str | None:
    outside = _outside(here, match[2])
    return f"{match[1]} (`{outside}/`)" if outside and (ROOT / outside).is_dir() else None


def _outside(page: str, target: str) -> str | None:
    path = posixpath.normpath(posixpath.join("docs", posixpath.dirname(page), target))
    return None if path.startswith(("docs/", "/")) or "://" in target else path


def _in_site(path: str) -> str:
    """Text files only: a browser shows them as they are."""
    return f"source/{path}.txt"


def _up(page: str) -> str:
    return "../" * page.count("/")


def _operations() -> str:
    file = ROOT / "docs" / "openapi.json"
    if not file.exists():
        return ""
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    lines = []
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            lines += [f"## `{method.upper()} {path}`", "", operation["summary"] + ".", ""]
            if text := operation.get("description"):
                lines += [text, ""]
            lines += ["| status | |", "|---|---|"]
            lines += [f"| {status} | {answer['description']} |" for status, answer in operation["responses"].items()]
            lines.append("")
    return "\n".join(lines)
