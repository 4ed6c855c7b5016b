"""A site with a switch for everything that can go wrong: `/dialog`, `/503`, `/spinner`, … each on a real socket."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import html
import ssl
from importlib.resources import files
from ipaddress import ip_address
from pathlib import Path

from aiohttp import web

PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>site</title><link rel="icon" href="data:,">{head}</head>
<body data-snag-page="/site"><h1>Welcome</h1>{body}</body></html>"""

BODIES = {
    "plain": "<a href='/next'>Next</a><button onclick=\"document.title='done';this.after('ok')\">Works</button>",
    "next": "<p>The end</p><a href='/'>Back</a>",
    "dead": "<button type='button'>Pay</button>",
    "broken": "<script>setTimeout(() => { throw new TypeError('card 4242 is gone') }, 50)</script><p>Shown</p>",
    "throws-at-once": "<script>throw new TypeError(\"no 'driver' of 42\")</script><p>Shown</p><a href='/next'>Next</a>",
    "disabled": "<button disabled title='Quantity must be a number; Driver; Connection closed'>Buy</button>",
    "rejects": "<script>setTimeout(() => Promise.reject(new Error('no stock')), 50)</script><p>Shown</p>",
    "dialog": "<script>setTimeout(() => alert('Hello'), 50)</script><p>Shown</p>",
    "confirms": "<script>setTimeout(() => document.title = confirm('Sure?'), 50)</script><p>Shown</p>",
    "popup": "<p>Shown</p><button onclick=\"window.open('/next'); this.after('opened')\">Terms</button>",
    "spinner": "<p>Shown</p><div class='spinner' role='progressbar'>…</div>",
    "wrong": "<p>Total: 0.00</p>",
    "frame": "<iframe srcdoc='<button onclick=\"this.after(1)\">Inside</button>'></iframe>",
    "badframe": "<iframe src='/broken'></iframe><p>Outside</p>",
    "console": "<script>console.error('something odd'); console.error(new Error('seen before'))</script><p>Shown</p>",
    "badimage": "<img src='/404/picture.png' alt=''><p>Shown</p>",
    "slowimage": "<img src='/late/3.5/picture.png' alt=''><p>Shown</p>",
    "thirdparty": "<script src='http://localhost:9/tracker.js'></script><img src='http://localhost:1/pixel.gif' alt=''>"
    "<script>fetch('http://localhost:{other}/503').catch(() => 0)</script><p>Shown</p>",
    "loading": "<img src='/never/pixel.gif' alt=''><p>Shown</p><a href='/next'>Next</a>",
    "busy": "<p>Shown</p><script>setTimeout(() => { while (true); }, 200)</script>",
    "hog": "<p>Shown</p><script>const kept = []; setInterval(() => {"
    " const some = new Uint8Array(60e6); some.fill(7); kept.push(some) }, 50)</script>",
    "api": "<button onclick=\"fetch('/503/api').then(r => this.after(r.ok ? 'Paid' : ''))\">Pay</button>",
    "ajax": "<button onclick=\"fetch('/json').then(r => r.text()).then(t => this.after('Paid'))\">Pay</button>",
    "throws": "<button onclick=\"nothing.pay()\">Pay</button>",
    "leave": "<p>Shown</p><input aria-label='Name'><a href='/next'>Next</a><script>onbeforeunload = e => {"
    " e.preventDefault(); return e.returnValue = 'x' }</script>",
    "file": "<a href='/download'>Invoice</a><p>Shown</p>",
    "login": "<form method='post' action='/welcome'><label>Password <input name='password'></label>"
    "<button>Log in</button></form>",
    "missing": "<script src='/404/shop.js'></script><p>Shown</p>",
    "hangs-later": "<a href='/hangs'>Go</a>",
    "goes-away": "<a href='{refused}'>Go</a>",
}  # fmt: skip


class Site:
    """Where the site is, the requests that it got, and the beacons that its own copy of the agent sent."""

    def __init__(self) -> None:
        self.url = ""
        self.own: list[bytes] = []
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.times: dict[str, int] = {}

    def asked(self, path: str) -> int:
        """Counts how often a path was asked for."""
        self.times[path] = self.times.get(path, 0) + 1
        return self.times[path]


SITE: web.AppKey[Site] = web.AppKey("site", Site)


async def _page(request: web.Request) -> web.StreamResponse:
    site, path = request.app[SITE], request.path
    site.requests.append((request.method, path, dict(request.headers)))
    name, _, rest = path.strip("/").partition("/")
    name = name or "plain"
    if name.isdigit():
        return web.Response(status=int(name), text=PAGE.format(head="", body="<p>Sorry</p>"), content_type="text/html")
    if name in ("hangs", "never"):
        await asyncio.sleep(60)
    if name == "slow":
        await asyncio.sleep(0.8)
        name = "plain"
    if name == "late":
        await asyncio.sleep(float(rest.partition("/")[0]))
        return web.Response(body=b"", content_type="image/png")
    if name == "loop":
        raise web.HTTPFound("/loop" + ("2" if not path.endswith("2") else ""))
    if name == "loop2":
        raise web.HTTPFound("/loop")
    if name == "resets":
        assert request.transport
        request.transport.abort()
        return web.Response()
    if name == "download":
        return web.Response(body=b"%PDF", headers={"Content-Disposition": 'attachment; filename="invoice.pdf"'})
    if name == "sometimes":  # fails at first
        name = "plain" if site.asked(path) > 1 else "wrong"
    if name == "json":
        return web.json_response({"ok": True})
    if name == "welcome":
        return web.Response(text=PAGE.format(head="", body="<p>Welcome back</p>"), content_type="text/html")
    if (
        name == "shows"
    ):  # what it is told, in green: as text, in a frame, in fours, in a shadow root, in a field, on a canvas
        raw, green = request.query["text"], "color:#00c000;font:900 32px sans-serif"
        told = html.escape(raw)
        fours = "".join(f"<b>{html.escape(raw[i : i + 4])}</b> " for i in range(0, len(raw), 4))
        inner = html.escape(f"<body style='{green}'><p>{told}</p><input value='{told}' style='{green}'>{fours}")
        shown = (
            f"<div style='{green}'><p>{told}</p><iframe srcdoc='{inner}'></iframe><canvas id=c></canvas>"
            f"<div id=s></div></div><script>const t = document.querySelector('p').textContent;"
            "document.cookie = 'sid=9f8e7d6c5b4a39281706'; const g = c.getContext('2d'); g.fillStyle = '#00c000';"
            "g.font = '900 32px sans-serif';"
            "g.fillText(t, 9, 30); s.attachShadow({mode: 'open'}).innerHTML = '<i></i>';"
            "s.shadowRoot.querySelector('i').textContent = t; console.log(t)</script>"
        )
        answer = web.Response(text=PAGE.format(head="", body=shown), content_type="text/html")
        answer.set_cookie("sessionid", "k3j4h5g6f7d8s9a0q1w2", httponly=True)
        return answer
    if name == "echo":
        return web.Response(
            text=PAGE.format(head="", body=f"<p>{(await request.text())}</p>"), content_type="text/html"
        )
    if name == "away":
        raise web.HTTPFound(request.query["to"])
    tag = "<script src='/agent.js' data-snag-app='site'></script>" if "tagged" in request.query else ""
    body = (
        BODIES[name]
        .replace("{other}", request.query.get("other", "9"))
        .replace("{refused}", request.query.get("refused", ""))
    )
    return web.Response(text=PAGE.format(head=tag, body=body), content_type="text/html")


async def _agent(request: web.Request) -> web.StreamResponse:
    body = files("collector").joinpath("static", request.match_info["script"]).read_bytes()
    return web.Response(body=body, content_type="text/javascript")


async def _own_beacon(request: web.Request) -> web.Response:
    request.app[SITE].own.append(await request.read())
    return web.Response(status=204)


@contextlib.asynccontextmanager
async def serve(tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"):
    """The site on a free port."""
    site = Site()
    app = web.Application()
    app.router.add_get("/{script:agent[a-z-]*.js}", _agent)
    app.router.add_post("/v1/beacons", _own_beacon)
    app.router.add_route("*", "/{path:.*}", _page)
    app[SITE] = site
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, host, 0, ssl_context=tls).start()
    site.url = f"http{'s' if tls else ''}://{host}:{runner.addresses[0][1]}"
    try:
        yield site
    finally:
        await runner.cleanup()


def certificate(folder: Path, *, names: tuple[str, ...] = ("127.0.0.1",), days: int = 30) -> ssl.SSLContext:
    """A certificate that is signed by itself; with `days` below 0 it expired then."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "site")])
    now = datetime.datetime.now(datetime.UTC)
    shown = [x509.IPAddress(ip_address(n)) if n[0].isdigit() else x509.DNSName(n) for n in names]
    made = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=400))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(shown), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "site.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
