"""No secret is in anything that leaves: no file, no member of a zip, no event, no line of a log."""

import asyncio
import base64
import html
import json
import sys
import zipfile
from urllib.parse import quote

import pytest
from PIL import Image

from synthetic import step
from synthetic.secrets import NoSecret, Secrets, read
from tests.synthetic.faulty import serve

VALUE = 'p&ss "wörd"/42'


@pytest.mark.parametrize(
    "spelled",
    [
        VALUE, quote(VALUE), quote(VALUE, safe=""), json.dumps(VALUE), json.dumps({"a": VALUE}, ensure_ascii=False),
        base64.b64encode(f"user:{VALUE}".encode()).decode(), base64.b64encode(f"me:{VALUE}!".encode()).decode(),
    ],
)  # fmt: skip
def test_every_spelling_is_taken_out(spelled):
    cleaned = Secrets({"SHOP": VALUE}).redact(f"before {spelled} after")
    assert cleaned.startswith("before ")
    assert cleaned.endswith(" after")
    assert "<secret SHOP>" in cleaned
    assert VALUE not in cleaned


def test_a_file_beats_the_environment_and_a_missing_one_is_named(tmp_path):
    (tmp_path / "SHOP").write_text("from-file\n")
    assert read(["SHOP"], tmp_path, {"SHOP": "from-env"}).value("SHOP") == "from-file"
    assert read(["SHOP"], None, {"SHOP": "from-env"}).value("SHOP") == "from-env"
    with pytest.raises(NoSecret, match=r"^secret 'SHOP' is missing: not in the environment$"):
        read(["SHOP"], None, {})
    with pytest.raises(NoSecret, match="secret 'SHOP' has 2 characters; expected 4 or more"):
        read(["SHOP"], None, {"SHOP": "ab"})


JOURNEY = """
from synthetic import journey, step

@journey("log in", secrets=["SHOP_PASSWORD", "SEED"], retries=1, slow="9s")
async def log_in(page, run):
    async with step("log in"):
        await page.goto("/login")
        print("typing", run.secret("SHOP_PASSWORD"))
        await page.get_by_label("Password").fill(run.secret("SHOP_PASSWORD"))
        await page.get_by_role("button").click()
        await page.goto("/echo?password=" + run.secret("SHOP_PASSWORD") + "&code=" + run.totp("SEED"))
        await page.get_by_text("Never " + run.secret("SHOP_PASSWORD")).wait_for(timeout=500)
"""


async def test_a_secret_is_in_no_artefact_no_event_and_no_log(tmp_path):
    (tmp_path / "shop.py").write_text(JOURNEY)
    secret, shown = "correct-horse-7731", tmp_path / "shown"
    async with serve() as site:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "collector",
            "journeys",
            "run",
            str(tmp_path / "shop.py"),
            "--base-url",
            site.url,
            "--artefacts",
            str(shown),
            "--har",
            "--json",
            "--collector",
            site.url,
            "--log-level",
            "DEBUG",
            env={"PATH": "/usr/bin:/bin", "SHOP_PASSWORD": secret, "SEED": "GEZDGNBVGY3TQOJQ"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        sent = list(site.own)
    said = json.loads(out)
    assert (process.returncode, said["status"], said["attempts"]) == (1, "failed", 2), err.decode()
    assert "typing <secret SHOP_PASSWORD>" in err.decode()
    names = {name.rpartition("/")[2] for name in said["artefacts"]}
    assert names >= {"failed-1.jpg", "failed-2.jpg", "trace-2.zip", "requests.har"}
    raw = secret.encode()
    places = {"out": out, "err": err} | {str(i): body for i, body in enumerate(sent)}
    for file in shown.rglob("*"):
        if file.is_file():
            places[file.name] = file.read_bytes()
        if file.suffix == ".zip":
            with zipfile.ZipFile(file) as zipped:
                places |= {f"{file.name}/{m}": m.encode() + zipped.read(m) for m in zipped.namelist()}
    assert [place for place, content in places.items() if raw in content] == []
    assert any(b"<secret SHOP_PASSWORD>" in content for content in places.values()), "there was something to hide"


ODD = [
    "4711", "8093", "0000", "status", "passed", "failed", "none", "Pä55&wörd \"x\"/9", "a'b\"c\\d", "back\\slash",
    "🔑🔑🔑🔑",    "käse & brot", "<b>bold</b>", "100%25 sure", "x" * 200, "line one\ttab", "4242424242424242", "{\"a\": 1}",
    "journey",    "$(rm -rf)`x`",
]  # fmt: skip


def everywhere(folder):
    """All bytes of all files, of zips each member's, but not those of pictures."""
    for file in folder.rglob("*"):
        if file.suffix == ".zip":
            with zipfile.ZipFile(file) as zipped:
                yield from ((f"{file.name}/{m}", m.encode() + zipped.read(m)) for m in zipped.namelist())
        elif file.is_file() and file.suffix != ".jpg":
            yield file.name, file.read_bytes()


def shows_green(file):
    """Whether anything of the painted secret can be seen."""
    red, green, blue = (band.tobytes() for band in Image.open(file).convert("RGB").split())
    return any(g > 150 and r < 90 and b < 90 for r, g, b in zip(red, green, blue, strict=True))


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(
    "value", [pytest.param(v, marks=[pytest.mark.long] if i > 1 else []) for i, v in enumerate(ODD)]
)
async def test_an_odd_secret_is_in_nothing_that_leaves_and_loses_no_run(go, tmp_path, monkeypatch, value):
    monkeypatch.setenv("ODD", value)

    async def script(page, run):
        async with step("show"):
            await page.goto("/shows?text=" + quote(run.secret("ODD")))
            await page.frame_locator("iframe").get_by_role("textbox").fill(run.secret("ODD"))
            raise ValueError(f"it shows {run.secret('ODD')}")

    target = {"artefacts_dir": str(tmp_path), "har": True}
    done = await go(script, target, secrets=["ODD"], retries=1, timeout="30s")
    assert (done.status, done.reason, done.message) == ("failed", "step.error", "ValueError: it shows <secret ODD>")
    names = {name.rpartition("/")[2] for name in done.artefacts}
    assert names >= {"failed-1.jpg", "failed-2.jpg", "trace-2.zip", "requests.har"}
    assert not any(shows_green(file) for file in tmp_path.rglob("failed-*.jpg"))
    if len(value) > 7:  # a shorter one is part of ids and times, or is a word that others write
        spelled = {value, quote(value), json.dumps(value)[1:-1], html.escape(value)}
        found = [(place, one) for place, content in everywhere(tmp_path) for one in spelled if one.encode() in content]
        assert found == []
        assert value not in json.dumps(done.as_json(), ensure_ascii=False)
    for opener in (b"k3j4h5g6f7d8s9a0q1w2", b"9f8e7d6c5b4a39281706"):
        assert [place for place, content in everywhere(tmp_path) if opener in content] == []


@pytest.mark.asyncio(loop_scope="session")
async def test_what_is_in_the_way_of_artefacts_never_replaces_the_verdict(go, tmp_path):
    async def script(page):
        async with step("open"):
            await page.goto("/503")

    (tmp_path / "file").write_text("in the way")
    done = await go(script, {"artefacts_dir": str(tmp_path / "file"), "har": True})
    assert (done.status, done.reason) == ("failed", "http.5xx")
    assert done.evidence[-1] == "no artefacts could be kept: Not a directory"


@pytest.mark.asyncio(loop_scope="session")
async def test_what_is_no_secret_can_be_seen(go, tmp_path):
    async def script(page, run):
        async with step("show"):
            await page.goto("/shows?text=harmless")
            raise ValueError("as it is")

    await go(script, {"artefacts_dir": str(tmp_path)})
    assert shows_green(next(tmp_path.rglob("failed-1.jpg"))), "or the picture of a secret proves nothing"


def test_a_code_or_a_rotated_secret_is_taken_out_of_the_log_too():
    everything, run = Secrets(), Secrets({"SHOP": "old-value"})
    run.join(everything)
    run.also("SEED", "975240")
    Secrets({"SHOP": "new-value"}).join(everything)
    assert everything.redact("975240 old-value new-value") == "<secret SEED> <secret SHOP> <secret SHOP>"


def test_codes_of_long_ago_do_not_pile_up():
    known = Secrets()
    for code in range(100_000, 100_500):
        known.also("SEED", str(code))
    assert known.redact("100000 100499") == "100000 <secret SEED>"


def test_a_value_that_a_text_ends_within_is_taken_out():
    known = Secrets({"LONG": "s3cret-" * 20})
    assert known.redact_cut("waited for " * 10 + "s3cret-" * 5) == "waited for " * 10 + "<secret LONG>"
