"""The files of docs/one-machine.md, by their own tools and in front of a real collector."""

import json
import re
import socket
import ssl
import subprocess

import pytest
import yaml

from tests.conftest import event, wait_for
from tests.server.test_serve import free_port, now, running
from tests.servers import program
from tests.synthetic.faulty import certificate


@pytest.fixture
def files(root):
    return root / "examples/one-machine"


def test_compose_publishes_nothing_but_the_proxy(files):
    services = yaml.safe_load((files / "compose.yaml").read_text())["services"]
    services |= {
        name: service
        for name, service in yaml.safe_load((files / "compose.server.yaml").read_text())["services"].items()
        if name not in services
    }
    public = {name for name, s in services.items() for port in s.get("ports", ()) if not port.startswith("127.0.0.1:")}
    assert public == {"caddy"}


def test_compose_files_name_only_settings_that_exist(files):
    from dataclasses import fields

    from collector.settings import Settings

    known = {f"SNAG_{field.name.upper()}" for field in fields(Settings)}
    for name in ("compose.yaml", "compose.server.yaml"):
        for service, body in yaml.safe_load((files / name).read_text())["services"].items():
            if service in ("collector", "backup"):
                assert set(body.get("environment", {})) <= known, f"{name}: {service}"


@pytest.mark.parametrize("others", [(), ("compose.server.yaml",)])
def test_compose_takes_the_files(files, others):
    names = [word for name in ("compose.yaml", *others) for word in ("-f", str(files / name))]
    secrets = {"SNAG_PAGES_PASSWORD": "p", "SNAG_HOST": "snag.shop.example"}
    secrets |= {"CLICKHOUSE_PASSWORD": "c", "GRAFANA_PASSWORD": "g"}
    run = [program("docker-compose"), "--project-directory", str(files), *names, "config"]
    done = subprocess.run(run, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", **secrets})
    assert done.returncode == 0, done.stderr
    assert set(yaml.safe_load(done.stdout)["services"]) >= {"caddy", "collector", *(["grafana"] if others else [])}


def test_caddy_takes_its_file(files):
    run = [program("caddy"), "validate", "--config", str(files / "Caddyfile"), "--adapter", "caddyfile"]
    done = subprocess.run(run, capture_output=True, text=True, env={"HOME": "/tmp", "SNAG_HOST": "snag.shop.example"})
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("unit", ["snagwatch.service", "snagwatch-backup.service", "snagwatch-backup.timer"])
def test_systemd_takes_the_units(files, tmp_path, unit):
    for file in files.glob("snagwatch*"):
        text = file.read_text().replace("/opt/snagwatch/bin/snag", "/bin/true")
        (tmp_path / file.name).write_text(text)
    done = subprocess.run(
        [program("systemd-analyze"), "verify", "--man=no", str(tmp_path / unit)],
        capture_output=True,
        text=True,
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
    )
    complaints = [line for line in done.stderr.splitlines() if "snagwatch" in line]
    assert complaints == []


def test_the_service_exposes_little(files):
    run = [program("systemd-analyze"), "security", "--offline=true", "--no-pager", str(files / "snagwatch.service")]
    out = subprocess.run(run, capture_output=True, text=True).stdout
    exposure = re.search(r"exposure level for snagwatch\.service: ([\d.]+)", out)
    assert exposure, out[-300:]
    assert float(exposure[1]) <= 2.0


class Nginx:
    """nginx with the example's server block, on a free port, in front of a collector."""

    def __init__(self, files, folder, collector):
        self.port = free_port()
        certificate(folder)  # writes certificate and key into one file
        block = (files / "nginx.conf").read_text()
        block = block.replace("127.0.0.1:8800", collector.url.removeprefix("http://"))
        block = block.replace("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl")
        block = re.sub(r"ssl_certificate +\S+;", f"ssl_certificate {folder}/site.pem;", block)
        block = re.sub(r"ssl_certificate_key +\S+;", f"ssl_certificate_key {folder}/site.pem;", block)
        temp = "".join(
            f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        config = folder / "nginx.conf"
        # Visitors elsewhere, from this machine: nginx takes their address from a header of the test.
        visitors = "set_real_ip_from 127.0.0.1; real_ip_header X-Test-Visitor;"
        config.write_text(f"daemon off; pid {folder}/pid; events {{}}\nhttp {{ {visitors} {temp}\n{block} }}\n")
        self.run = [program("nginx"), "-e", str(folder / "error.log"), "-c", str(config)]
        self.trust = ssl.create_default_context()
        self.trust.check_hostname = False
        self.trust.verify_mode = ssl.CERT_NONE

    def __enter__(self):
        checked = subprocess.run([*self.run, "-t"], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr
        self.process = subprocess.Popen(self.run)
        try:
            wait_for(lambda: self.status("GET", "/agent.js"))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    def status(self, method, path, body=None, visitor="192.0.2.1"):
        """The status of a request from the address `visitor`; 0 while nobody listens."""
        try:
            raw = socket.create_connection(("127.0.0.1", self.port), 10)
        except ConnectionRefusedError:
            return 0
        with self.trust.wrap_socket(raw, server_hostname="snag.shop.example") as tls:
            data = json.dumps(body).encode() if body else b""
            head = f"{method} {path} HTTP/1.1\r\nHost: snag.shop.example\r\nConnection: close\r\n"
            head += f"X-Test-Visitor: {visitor}\r\nX-Forwarded-For: 203.0.113.9\r\nContent-Length: {len(data)}\r\n\r\n"
            tls.sendall(head.encode() + data)
            return int(tls.makefile("rb").readline().split()[1])


def test_nginx_passes_beacons_and_addresses_and_keeps_the_pages_private(files, tmp_path):
    proxied = {"SNAG_TRUSTED_PROXIES": "127.0.0.1", "SNAG_ADDRESS_EVENTS_PER_S": "1"}
    (tmp_path / "collector").mkdir()
    with running(tmp_path / "collector", **proxied) as collector, Nginx(files, tmp_path, collector) as nginx:
        assert nginx.status("GET", "/agent.js") == 200
        for private in ("/", "/surges", "/metrics", "/readyz", "/v1/contacts/desk"):
            assert nginx.status("GET", private) == 404, private

        def send(visitor):
            return nginx.status("POST", "/v1/beacons", now(*(event() for _ in range(40))), visitor)

        answers = [send("198.51.100.7") for _ in range(4)]
        assert answers[0] == 204
        assert answers[-1] == 429, "one visitor's address reaches its limit"
        assert send("192.0.2.7") == 204, "another visitor's does not: the claimed X-Forwarded-For counts for nothing"
        wait_for(lambda: collector.count("snag_experience.friction_events") >= 80, 60)
