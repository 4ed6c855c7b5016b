"""No secret is in anything that leaves: no file, no member of a zip, no event, no line of a log."""

import asyncio
import base64
import json
import sys
import zipfile
from urllib.parse import quote

import pytest

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
    with pytest.raises(NoSecret, match="secret 'SHOP' has 2 characters; right would be 4 or more"):
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
