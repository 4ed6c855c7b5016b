"""Which Chromium is taken, and what is said when there is none."""

import pytest

from synthetic.browser import NoBrowser, find, launched


@pytest.fixture
def system(tmp_path, monkeypatch):
    """A machine with only what is put on its PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def install(name: str, text: str = "#!/bin/sh\n") -> str:
        path = tmp_path / name
        path.write_text(text)
        path.chmod(0o755)
        return str(path)

    return install


def test_an_explicit_path_beats_playwright_s_own_beats_the_system_s(system):
    own, shell = system("own"), system("chromium-headless-shell")
    explicit = system("mine")
    assert find(explicit, own) == (explicit, "SNAG_CHROMIUM")
    assert find("", own) == (own, "Playwright's own")
    assert find("", "") == (shell, "the system's")
    assert find("", "/not/installed") == (shell, "the system's")


def test_the_headless_shell_is_preferred_since_it_costs_half(system):
    system("chromium")
    shell = system("chromium-headless-shell")
    assert find().path == shell


def test_a_stub_that_only_advises_to_install_a_snap_is_no_browser(system):
    system("chromium-browser", "#!/bin/sh\necho 'Please run: snap install chromium'\n")
    with pytest.raises(NoBrowser):
        find()


def test_without_any_it_says_how_to_get_one(system):
    with pytest.raises(NoBrowser) as error:
        find()
    assert str(error.value) == (
        "no Chromium was found: neither Playwright's own nor chromium-headless-shell, chromium, chromium-browser, "
        "google-chrome, google-chrome-stable. Install one with `playwright install --only-shell chromium` or "
        "`apt-get install chromium-headless-shell`, or set SNAG_CHROMIUM"
    )


def test_an_explicit_path_that_is_no_program_is_named(system):
    with pytest.raises(NoBrowser) as error:
        find("/nowhere/chromium")
    assert str(error.value) == (
        "SNAG_CHROMIUM is /nowhere/chromium, which is not a program; empty it to let us look for one"
    )


async def test_a_program_that_is_no_browser_is_named():
    with pytest.raises(NoBrowser, match=r"^/bin/true does not start: "):
        async with launched("/bin/true"):
            pass
