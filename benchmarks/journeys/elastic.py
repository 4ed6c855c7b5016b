"""The same journey with @elastic/synthetics, from npm, as Heartbeat runs it: a process for each run, rich events."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import tempfile
from pathlib import Path

from synthetic.browser import find

RUNS = 3
JOURNEY = """
const { journey, step } = require("@elastic/synthetics");
journey("five steps", ({ page, params }) => {
  step("open", async () => { await page.goto(params.url); await page.getByRole("heading", { name: "Login" }).waitFor(); });
  step("log in", async () => {
    await page.getByLabel("Name").fill("somebody"); await page.getByLabel("Password").fill("secret word");
    await page.getByRole("button", { name: "Log in" }).click(); await page.getByRole("heading", { name: "List" }).waitFor();
  });
  step("look", async () => {
    await page.getByRole("link", { name: "Look" }).first().click();
    await page.getByRole("heading", { name: "Thing" }).waitFor();
  });
  step("add", async () => {
    await page.getByRole("button", { name: "Add to cart" }).click(); await page.getByText("It is in your cart").waitFor();
  });
  step("pay", async () => {
    await page.getByRole("link", { name: "Cart" }).click(); await page.getByRole("link", { name: "Pay" }).click();
    await page.getByRole("heading", { name: "Thank you" }).waitFor();
  });
});
"""


def compare(url: str, ours_s: float) -> None:
    """Print the CPU-seconds of one run and the ratio; says so where npm cannot get it."""
    with tempfile.TemporaryDirectory(prefix="snag-elastic-") as folder:
        env = {**os.environ, "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1", "NO_COLOR": "1"}
        Path(folder, "package.json").write_text("{}")
        got = subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", "@elastic/synthetics"],
            cwd=folder,
            env=env,
            capture_output=True,
            check=False,
        )
        if got.returncode:
            print("elastic synthetics: npm cannot get it here")
            return
        Path(folder, "five.journey.js").write_text(JOURNEY)
        options = json.dumps({"executablePath": find().path, "chromiumSandbox": False})
        command = [
            "node_modules/.bin/elastic-synthetics",
            ".",
            "--rich-events",
            "--no-throttling",
            "--params",
            json.dumps({"url": url}),
            "--playwright-options",
            options,
        ]
        spent, ok = [], 0
        for _ in range(RUNS):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run(
                command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
            ok += '"status":"succeeded"' in done.stdout and done.returncode == 0
        theirs = sorted(spent)[RUNS // 2]
        if not ok:
            print(f"elastic synthetics: did not run: {(done.stderr or done.stdout)[-300:]}")
            return
        print(
            f"elastic synthetics --rich-events: {theirs:.2f} s of CPU, {ok} of {RUNS} passed; ours is {ours_s / theirs:.2f}x"
        )
