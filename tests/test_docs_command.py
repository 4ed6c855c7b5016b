"""`snag docs` prints a path that exists."""

from pathlib import Path

import pytest

from collector.cli import main


@pytest.mark.parametrize(("page", "name"), [([], "index.md"), (["contacts"], "contacts.md"), (["site"], "site.md")])
def test_the_path_of_a_page_is_printed(capsys, page, name):
    assert main(["docs", *page]) == 0
    path = Path(capsys.readouterr().out.strip())
    assert path.name == name
    assert path.exists()


def test_an_unknown_page_names_those_there_are(capsys):
    assert main(["docs", "nowhere"]) == 2
    assert "'nowhere' is not a page of the documentation; expected one of" in capsys.readouterr().err
