"""Every channel against a real server: what arrives, how it is signed, and what is said when nothing does."""

import base64
import json
import threading
from datetime import UTC, datetime
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from aiosmtpd.controller import Controller
from standardwebhooks import Webhook as Verifier

from collector.cli import main
from collector.notify.channels import NotSent, channels
from collector.notify.config import BadNotify, load
from collector.notify.message import trial
from tests.server.test_serve import free_port

SECRET = "whsec_" + base64.b64encode(b"a secret of the support desk").decode()
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


class Receiver:
    """An HTTP server that keeps what it is sent."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(receiver.status)
                self.send_header("Location", "http://127.0.0.1:9/")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def receiver():
    found = Receiver()
    yield found
    found.close()


class Mailbox:
    """What a mail server hands over."""

    def __init__(self) -> None:
        self.got: list[tuple[str, list[str], bytes]] = []

    async def handle_DATA(self, server, session, envelope):
        self.got.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 OK"


@pytest.fixture
def mail():
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    yield box, f"smtp://127.0.0.1:{server.port}"
    server.stop()


def file(tmp_path, text: str) -> str:
    path = tmp_path / "notify.toml"
    path.write_text(text)
    return str(path)


def only(path: str, **env: str):
    (found,) = channels(load(path, env))
    return found


def test_a_webhook_is_signed_as_standard_webhooks_says(tmp_path, receiver):
    path = file(tmp_path, f'[webhook]\nurl = "{receiver.url}/hook"\nsecret = "env:DESK_SECRET"\n')
    only(path, DESK_SECRET=SECRET).send(trial(datetime.now(UTC)))
    ((where, headers, body),) = receiver.got
    assert where == "/hook"
    assert Verifier(SECRET).verify(body, headers)["type"] == "test"
    with pytest.raises(Exception, match="signature"):
        Verifier(SECRET).verify(body + b" ", headers)


def test_a_chat_gets_text_that_calls_nobody(tmp_path, receiver):
    path = file(tmp_path, '[slack]\nurl = "env:CHAT_URL"\n')
    message = trial(NOW)._replace(text="rage clicks on “<!channel> & Co”")
    only(path, CHAT_URL=f"{receiver.url}/services/T0").send(message)
    ((_, _, body),) = receiver.got
    assert json.loads(body) == {"text": "*Snagwatch: test*\nrage clicks on “&lt;!channel&gt; &amp; Co”"}


def test_mail_arrives_readable_and_says_that_a_machine_wrote_it(tmp_path, mail):
    box, url = mail
    text = f'[email]\nserver = "{url}"\nsender = "snag@shop.test"\nto = ["lead@shop.test", "two@shop.test"]\n'
    only(file(tmp_path, text)).send(trial(NOW)._replace(text="Contacts are 3.2× what is usual – “Pay”"))
    ((sender, to, content),) = box.got
    assert (sender, to) == ("snag@shop.test", ["lead@shop.test", "two@shop.test"])
    found = message_from_bytes(content, policy=policy.default)
    assert found["Subject"] == "Snagwatch: test"
    assert found["Auto-Submitted"] == "auto-generated"
    assert "3.2× what is usual – “Pay”" in found.get_content()


def test_a_password_is_not_sent_in_the_clear(tmp_path, mail):
    box, url = mail
    text = (
        f'[email]\nserver = "{url}"\nsender = "s@shop.test"\nto = ["l@shop.test"]\nuser = "u"\npassword = "env:MAIL"\n'
    )
    with pytest.raises(NotSent, match="no STARTTLS"):
        only(file(tmp_path, text), MAIL="a-long-password").send(trial(NOW))
    assert box.got == []


@pytest.mark.parametrize("status", [302, 400, 410, 500])
def test_whatever_is_no_2xx_was_not_sent_and_no_redirect_is_followed(tmp_path, receiver, status):
    receiver.status = status
    path = file(tmp_path, '[slack]\nurl = "env:CHAT_URL"\n')
    with pytest.raises(NotSent, match=f"the receiver answered {status}"):
        only(path, CHAT_URL=receiver.url).send(trial(NOW))


def test_why_nothing_was_sent_gives_no_secret_away(tmp_path):
    url = f"http://127.0.0.1:{free_port()}/services/very-secret"
    path = file(tmp_path, '[slack]\nurl = "env:CHAT_URL"\n')
    with pytest.raises(NotSent) as error:
        only(path, CHAT_URL=url).send(trial(NOW))
    assert str(error.value) == "the receiver cannot be reached: ClientConnectorError"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[webhook]\nurl = 'http://x'", "webhook: Object missing required field secret"),
        ("[webhook]\nurl = 'http://x'\nsecret = 'whsec_abc'", 'expected "env:NAME" or "file:/path"'),
        ("[webhook]\nurl = 'http://x'\nsecret = 'env:PLAIN'", "secret is not valid; expected whsec_"),
        ("[webhook]\nurl = 'desk'\nsecret = 'env:GOOD'", "expected for example https://desk.example"),
        ("[slack]\nurl = 'env:NOWHERE'", "env:NOWHERE is empty or too short"),
        ("[pager]\nurl = 'http://x'", "unknown field pager"),
        ("[email]\nserver = 'mail'\nsender = 'a@b'\nto = ['c@d']", "expected for example smtp://mail.example:587"),
        ("[email]\nserver = 'smtp://m'\nsender = 'a@b'\nto = []", "[email] to is empty"),
        ("[email]\nserver = 'smtp://m'\nsender = 'a@b\\nBcc: x@y'\nto = ['c@d']", "is not a valid address"),
        ("[email]\nserver = 'smtp://m'\nsender = \"a@b\\nBcc: x@y\"\nto = ['c@d']", "is not a valid address"),
        ("nonsense", "is not valid TOML"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_what_would_be_right(tmp_path, text, message):
    with pytest.raises(BadNotify) as error:
        load(file(tmp_path, text), {"GOOD": SECRET, "PLAIN": "a-plain-secret"})
    assert message in str(error.value)


def test_without_a_file_nobody_is_told():
    assert channels(load("")) == []


def test_snag_notify_test_tells_of_each_channel_what_became_of_it(tmp_path, receiver, monkeypatch, capsys):
    monkeypatch.setenv("CHAT_URL", receiver.url)
    monkeypatch.setenv("DESK_SECRET", SECRET)
    text = (
        f'[webhook]\nurl = "http://127.0.0.1:{free_port()}"\nsecret = "env:DESK_SECRET"\n'
        '[slack]\nurl = "env:CHAT_URL"\n'
    )
    path = file(tmp_path, text)
    assert main(["notify", "test", "--notify-file", path, "--json"]) == 1
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["channel"], row["result"]) for row in rows] == [("webhook", "failed"), ("slack", "sent")]
    assert main(["notify", "test", "--notify-file", path, "--channel", "slack"]) == 0
    assert main(["notify", "test"]) == 2
    assert "no channel is configured" in capsys.readouterr().err
