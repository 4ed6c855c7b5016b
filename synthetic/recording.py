"""Writes a journey down while somebody goes through a site: Playwright's codegen, cut into steps where pages change."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from collector.errors import Failed

_PAGE_CALL = re.compile(r"^    (?:await (?:page\b|expect\()|page\.(?:once|on)\()")
_CONTEXT = re.compile(r"^    context = await browser\.new_context\((.*)\)$", re.M)
_TYPED = re.compile(r"""\.(?:fill|type|press_sequentially)\((?P<value>"(?:[^"\\]|\\.)*")""")
_SECRET = re.compile(
    r"(passw|pass-?phrase|kennwort|\bpin\b|\bcvc\b|\bcvv\b|security code|card number|kartennummer|iban|"
    r"secret|token|one.?time|\botp\b|verification code)",
    re.I,
)
_GOTO = re.compile(r'await page\.goto\("([^"]*)"')


def record(url: str, out: Path, name: str, given: Path | None, chromium: str) -> str:
    """Record a journey from `url` into `out`, or cut what codegen wrote to `given`. Raises Failed."""
    if out.exists():
        raise Failed(f"{out} exists already; name another with --out")
    if given:
        try:
            text = given.read_text(encoding="utf-8")
        except OSError as error:
            raise Failed(f"{given} cannot be read: {error.strerror}") from None
    else:
        text = _codegen(url, chromium)
    out.write_text(cut(text, name), encoding="utf-8")
    text = out.read_text(encoding="utf-8")
    asked = sorted(set(re.findall(r'run\.secret\("(\w+)"\)', text)))
    first = (
        f" It asks for secrets in place of what you typed; set {', '.join(asked)} in the environment first."
        if asked
        else ""
    )
    return f"{out} is written.{first} Run it: snag journeys run {out}"


def _codegen(url: str, chromium: str) -> str:
    with tempfile.TemporaryDirectory(prefix="snag-record-") as folder:
        file = Path(folder) / "codegen.py"
        command = [
            sys.executable,
            "-m",
            "playwright",
            "codegen",
            "--target",
            "python-async",
            "-o",
            str(file),
            url,
        ]
        try:
            done = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True)  # noqa: S603 (our own words)
        except OSError as error:
            raise Failed(f"playwright codegen does not start: {error}") from None
        if not file.exists():
            said = (done.stderr.strip().splitlines() or ["it wrote nothing"])[-1]
            raise Failed(
                f"playwright codegen: {said}. It needs a display and its own browser (`playwright install chromium`); "
                "elsewhere record with `playwright codegen --target python-async -o FILE` and give --from FILE"
            )
        return file.read_text(encoding="utf-8")


def cut(recorded: str, name: str) -> str:
    """What codegen wrote (--target python-async), as a journey: each page that is gone to begins a step.

    Raises Failed where nothing was done on a page.
    """
    lines: list[str] = []
    for line in recorded.splitlines():
        if _PAGE_CALL.match(line) or (lines and _belongs(line)):
            lines.append(line[4:])
    lines = [
        line.replace("await context.new_page()", "await page.context.new_page()")
        for line in lines
        if not line.startswith(("await page.close(", "await context.")) and line != "page = await context.new_page()"
    ]
    if not lines:
        raise Failed("nothing was done on the page: there is no journey to write")
    first = _GOTO.search("\n".join(lines))
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(first[1])) if first else ""
    steps: list[tuple[str, list[str]]] = []
    for line in lines:
        if going := _GOTO.search(line):
            steps.append((_named(going[1]), []))
        elif not steps:
            steps.append(("begin", []))
        elif _is_end_of_page(steps[-1][1]):
            steps.append((_done(line), []))
        steps[-1][1].append(line.replace(f'"{origin}/', '"/').replace(f'"{origin}"', '"/"') if origin else line)
    secrets = _ask_for_secrets(steps)
    options = _CONTEXT.search(recorded)
    given = f", context=dict({options[1]})" if options and options[1] else ""
    named = f", secrets={json.dumps(secrets)}" if secrets else ""
    parameters = "page: Page, run: Journey" if secrets else "page: Page"
    body = "\n".join(
        f'    async with step("{_free(what, i, steps)}"):\n' + "\n".join(f"        {line}" for line in done)
        for i, (what, done) in enumerate(steps)
    )
    return (
        f'"""Recorded: {name}."""\n\nimport re\n\nfrom playwright.async_api import Page, expect\n\n'
        f"from synthetic import {'Journey, ' if secrets else ''}journey, step\n\n\n"
        f'@journey("{name}", every="5m", timeout="60s", slow="2.5s", base_url="{origin}"{given}{named})\n'
        f"async def recorded({parameters}) -> None:\n{body}\n"
    )


def _ask_for_secrets(steps: list[tuple[str, list[str]]]) -> list[str]:
    """Put `run.secret(…)` where something was typed into a field for one. Returns the names of the secrets."""
    names: dict[str, str] = {}
    for _, done in steps:
        for number, line in enumerate(done):
            typed = _TYPED.search(line)
            if not typed or not (what := _SECRET.search(line[: typed.start()])):
                continue
            word = re.sub(r"\W+", "_", what[1]).strip("_").upper().replace("PASSW", "PASSWORD")
            name = names.setdefault(typed["value"], f"{word}_{len(names) + 1}" if word in names.values() else word)
            start, end = typed.span("value")
            done[number] = f'{line[:start]}run.secret("{name}"){line[end:]}'
    return list(names.values())


def _belongs(line: str) -> bool:
    """A window that was opened, or a download: what codegen writes around the click."""
    return bool(re.match(r"^    (async with page|    await page|page\d|await page\d|download|page\d? = )", line))


def _is_end_of_page(done: list[str]) -> bool:
    """A click on a link or a button may have led to another page: what follows is the next step."""
    return bool(done) and bool(re.search(r'get_by_role\("(link|button)".*\.click\(|\.press\("Enter"\)', done[-1]))


def _named(url: str) -> str:
    path = urlsplit(url).path.strip("/")
    return f"open {path}" if path else "open the site"


def _done(line: str) -> str:
    """A step is called after what is done first in it."""
    found = re.search(r'(?:name|get_by_\w+\()=?"([^"]+)"', line)
    return (found[1] if found else "go on").lower()[:40]


def _free(name: str, index: int, steps: list[tuple[str, list[str]]]) -> str:
    clean = name.replace('"', "'").replace("\\", "")[:56]
    times = sum(other == name for other, _ in steps[:index])
    return f"{clean} {times + 1}" if times else clean
