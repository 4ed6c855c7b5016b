"""What is told of a visitor, and which files and settings say what is wrong with them."""

import ipaddress
import sys

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from collector.intake.apps import BadApps, load_apps
from collector.intake.client_info import NoCountries, Visitors, browser, countries, shortened
from collector.server.public_port import policy
from collector.settings import BadSetting, Settings, networks


@pytest.mark.parametrize(
    ("address", "found"),
    [("203.0.113.77", "203.0.113.0"), ("2001:db8:1:2::3", "2001:db8:1::"), ("::ffff:203.0.113.77", "203.0.113.0"),
     ("fe80::1%eth0", "fe80::"), ("unknown", ""), ("", "")],
)  # fmt: skip
def test_an_address_is_shortened_before_anything_looks_at_it(address, found):
    assert shortened(address) == found


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("10.0.0.1", "203.0.113.7", "203.0.113.0"), ("10.0.0.1", "1.1.1.1, 203.0.113.7, 10.0.0.2", "203.0.113.0"),
        ("10.0.0.1", "[2001:db8::7]:443", "2001:db8::"), ("10.0.0.1", "203.0.113.7:5000", "203.0.113.0"),
        ("10.0.0.1", "", "10.0.0.0"), ("198.51.100.1", "203.0.113.7", "198.51.100.0"), ("10.0.0.1", "nonsense", ""),
    ],
)  # fmt: skip
def test_a_visitor_is_found_behind_proxies_of_ours_and_nobody_else_is_believed(peer, forwarded, found):
    assert Visitors(networks("10.0.0.0/8, ::1", "SNAG_TRUSTED_PROXIES")).network(peer, forwarded) == found


def test_the_country_is_told_by_the_file_and_only_by_it(tmp_path):
    path = tmp_path / "country.mmdb"
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True)
    writer.insert_network(IPSet(["203.0.113.0/24"]), {"country": {"iso_code": "DE"}})
    writer.insert_network(IPSet(["198.51.100.0/24"]), {"country": {"iso_code": "<script>"}})
    writer.to_db_file(str(path))
    country = countries(str(path))
    found = [country(shortened(address)) for address in ("203.0.113.9", "198.51.100.1", "192.0.2.1", "")]
    assert found == ["DE", "", "", ""]
    assert countries("")("203.0.113.0") == ""


def test_a_file_of_countries_that_cannot_be_used_is_named(tmp_path, monkeypatch):
    (tmp_path / "broken.mmdb").write_bytes(b"no")
    for name in ("broken.mmdb", "missing.mmdb"):
        with pytest.raises(NoCountries, match=f"SNAG_COUNTRY_FILE: cannot read .*{name}"):
            countries(str(tmp_path / name))
    monkeypatch.setitem(sys.modules, "maxminddb", None)
    with pytest.raises(NoCountries, match=r"pip install 'snagwatch\[country\]'"):
        countries("x")


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (Linux; Android 10; K) Chrome/124.0.0.0 Mobile Safari/537.36", "phone"),
        ("Mozilla/5.0 (Linux; Android 10; K) Chrome/124.0.0.0 Safari/537.36", "tablet"),
        ("Mozilla/5.0 (iPad; CPU OS 13_3 like Mac OS X) Version/13.0 Mobile/15E148 Safari/604.1", "tablet"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0", "desktop"),
        ("x" * 100_000, "unknown"), ("", "unknown"),
    ],
)  # fmt: skip
def test_the_device_is_told_by_what_browsers_write_on_purpose(agent, device):
    assert browser(agent).device == device


GOOD = '[shop]\norigins = ["https://shop.example"]\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[shop", "is not valid TOML"), ("", "contains no app; expected a table for each, such as [shop]"),
        ("[shop]\norigin = []", "Object contains unknown field origin; known: origins, events_per_s, sample, time_zone"),
        ("[shop]\nsample = 2", "[shop].sample in"), ("[shop]\nevents_per_s = -1", "[shop].events_per_s in"),
        ("[shop]\norigins = ['shop.example/x']", "origin 'shop.example/x' is not a valid origin; expected for example https://shop.example"),
        ("[shop]\ntime_zone = 'Mars/Base'", "time_zone 'Mars/Base' is not a time zone; expected for example Europe/Berlin"),
        ("['my shop']", "only letters, digits, dots, hyphens and underscores"), ("shop = 1", "Expected object, got int"),
    ],
)  # fmt: skip
def test_an_apps_file_says_what_is_wrong_where(tmp_path, text, message):
    path = tmp_path / "apps.toml"
    path.write_text(text)
    with pytest.raises(BadApps) as error:
        load_apps(str(path))
    assert message in str(error.value)


def test_settings_that_name_bad_files_are_told_at_the_start(tmp_path):
    for given in ({"apps_file": "/nowhere"}, {"trusted_proxies": "x"}, {"country_file": "/nowhere"}):
        with pytest.raises(BadSetting):
            policy(Settings(**given))
    (tmp_path / "apps.toml").write_text(GOOD)
    assert not policy(Settings(apps_file=str(tmp_path / "apps.toml"))).apps.open
    assert policy(Settings()).apps.open


def test_the_address_itself_is_never_part_of_what_is_kept():
    assert ipaddress.ip_address(shortened("203.0.113.77")) != ipaddress.ip_address("203.0.113.77")
