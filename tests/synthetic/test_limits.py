"""Limits of steps: a script's own, else those of the site's journeys file, else the journey's."""

import json

import pytest

from collector.cli import main


@pytest.fixture
def limited(tmp_path):
    (tmp_path / "shop.py").write_text(
        "from synthetic import journey, step\n"
        "@journey('front door', slow='9s')\n"
        "async def front_door(page):\n"
        "    async with step('open'):\n"
        "        await page.goto('data:text/html,<h1>up</h1>')\n"
        "    async with step('its own', slow='7s'):\n"
        "        pass\n"
        "    async with step('elsewhere'):\n"
        "        pass\n"
    )
    file = tmp_path / "journeys.yaml"
    file.write_text(
        "journeys:\n"
        "  front door:\n"
        "    app: shop\n"
        "    steps: [{name: open, limit: 1234ms}, {name: its own, limit: 1s}, {name: elsewhere}]\n"
    )
    return tmp_path, file


@pytest.mark.parametrize(("app", "limits"), [("shop", [1234, 7000, 9000]), ("other", [9000, 7000, 9000])])
def test_limits_of_steps_come_from_the_sites_journeys_file(limited, capsys, app, limits):
    folder, file = limited
    main(["journeys", "run", str(folder / "shop.py"), "--journeys-file", str(file), "--app", app, "--json"])
    assert [step["threshold_ms"] for step in json.loads(capsys.readouterr().out)["steps"]] == limits


def test_a_journeys_file_that_cannot_be_used_is_named(limited, capsys):
    folder, file = limited
    file.write_text("journeys: [1]")
    assert main(["journeys", "run", str(folder / "shop.py"), "--journeys-file", str(file)]) == 2
    assert f"snag: {file}: journeys is missing" in capsys.readouterr().err
