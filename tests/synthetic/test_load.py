"""What is no journey is named, with what would be right, and the others go on."""

import os

import pytest

from synthetic import journey


@pytest.mark.usefixtures("_no_journeys_of_others")
def test_two_journeys_of_one_name_are_refused_with_both_places():
    @journey("twice")
    async def one(page): ...

    with pytest.raises(
        ValueError,
        match=r"two journeys are called 'twice': .*test_load.py:\d+ and .*test_load.py:\d+",
    ):

        @journey("twice")
        async def two(page): ...


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (
            ["{folder}/none.py"],
            2,
            "snag: {folder}/none.py does not exist; expected a .py file with @journey in it",
        ),
        (
            ["{folder}/empty.py"],
            2,
            'snag: no journeys found: a journey is a coroutine function under @journey("name")',
        ),
        (
            ["{folder}/wrong.py"],
            2,
            "snag: {folder}/wrong.py cannot be loaded: ZeroDivisionError: division by zero",
        ),
    ],
)
def test_what_is_no_journey_is_named(tmp_path, capsys, monkeypatch, args, code, said):
    from collector.cli import main

    monkeypatch.setattr(os, "environ", {k: v for k, v in os.environ.items() if not k.startswith("SNAG_")})
    (tmp_path / "empty.py").write_text("")
    (tmp_path / "wrong.py").write_text("1 / 0")
    paths = [arg.format(folder=tmp_path) for arg in args]
    assert main(["journeys", "run", *paths, "--base-url", "http://127.0.0.1:9"]) == code
    assert said.format(folder=tmp_path) in capsys.readouterr().err
