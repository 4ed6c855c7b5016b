"""Free text comes out without what names a person, whatever else stands around it."""

import string
import time

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from collector.privacy.redact import redact
from tests.privacy.kinds import IMPOSTORS, PERSONAL

AROUND = st.text(alphabet=string.ascii_lowercase + " äöüß.,!?()-:", max_size=20)


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("ann.o'hara+shop@mail.example.co.uk", "[email]"),
        ("write to <ANN@EXAMPLE.ORG>.", "write to <[email]>."),
        ("ann(at)example.org", "[email]"),
        ("ann [at] example.org", "[email]"),
        ('"ann lee"@example.org', "[email]"),
        ("müller@bücher.example", "[email]"),
        ("ann\uff20example.org", "[email]"),
        ("call 0151 23 45 678 please", "call [phone] please"),
        ("+49 (0) 151 / 234-56 78", "[phone]"),
        ("0151\u200b2345678", "[phone]"),
        ("\u0660\u0661\u0665\u0661\u0662\u0663\u0664\u0665", "[phone]"),
        ("４１１１１１１１１１１１１１１１", "[card]"),
        ("4111-1111-1111-1111", "[card]"),
        ("4111-1111-1111-1112", "4111-1111-1111-1112"),
        ("DE89 3704 0044 0532 0130 00 is mine", "[iban] is mine"),
        ("GB29NWBK60161331926819", "[iban]"),
        ("nl91 abna 0417 1643 00", "[iban]"),
        ("from 203.0.113.9.", "from [ip]."),
        ("2001:db8::8a2e:370:7334 said", "[ip] said"),
        ("fe80::1%eth0", "[ip]"),
        ("::ffff:192.0.2.1", "[ip]"),
        ("00:1a:2b:3c:4d:5e", "[token]"),
        ("/reset?token=abc&x=1", "/reset?[query]"),
        ("https://shop.test/a/b#access=1", "https://shop.test/a/b?[query]"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJl1", "[token]"),
        ("sk_live_51Hxyz9876abcdefghij", "[token]"),
        ("d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427e"),
        ("Cannot pay with my order 4711, error 503 at 14:30", "Cannot pay with my order 4711, error 503 at 14:30"),
        ("Donaudampfschifffahrtsgesellschaft", "Donaudampfschifffahrtsgesellschaft"),
        ("version 2.14.1 since 12 May", "version 2.14.1 since 12 May"),
        ("time 12:30:15", "time 12:30:15"),
        ("really? yes", "really? yes"),
        ("/npm/@scope/core", "/npm/@scope/core"),
        ("/@A.Au", "[email]"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_names_a_person_goes_and_the_rest_stays(text, redacted):
    assert redact(text) == redacted


@given(AROUND, st.emails(), AROUND)
@example("", "/@A.Au", "")
def test_no_address_comes_through(before, address, after):
    local = address.split("@")[0]
    assert address not in redact(f"{before} {address} {after}")
    assert f"{local}@" not in redact(f"{before} {address} {after}")


@given(AROUND, st.lists(st.from_regex(r"[1-9]\d{2,3}", fullmatch=True), min_size=2, max_size=3), st.sampled_from("- "))
def test_a_number_after_a_plus_or_said_to_be_a_telephone_s_goes(before, groups, between):
    number = between.join(["44", *groups])
    assert number not in redact(f"{before} +{number}")
    assert number not in redact(f"{before} phone: {number}")


@pytest.mark.parametrize("kind", PERSONAL)
def test_personal_data_of_each_kind_goes(kind):
    left = [value for value in PERSONAL[kind] if value in redact(f"They say {value} today")]
    assert left == []


@pytest.mark.parametrize("kind", IMPOSTORS)
def test_what_only_looks_like_personal_data_stays(kind):
    texts = [f"They say {value} today" for value in IMPOSTORS[kind]]
    eaten = [text for text in texts if redact(text) != text]
    assert eaten == ["They say Ms Office today"] * (kind == "title")


@given(AROUND, st.ip_addresses(), AROUND)
def test_no_address_of_a_machine_comes_through(before, address, after):
    # "::" and "::1" name nobody, and two colons are found in plain text
    assume(address.version == 4 or len(str(address)) > 6)
    # four small numbers are a version
    assume(address.version == 6 or max(address.packed) > 31)
    assert str(address) not in redact(f"{before} from {address} {after}")


@given(st.text(max_size=200))
def test_redacting_twice_changes_nothing(text):
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize(
    "sign",
    [
        "a",
        "1",
        "@",
        "a@",
        ":",
        "1:",
        ".",
        "1.",
        "?",
        "?a=",
        "a://",
        "DE89",
        "-",
        "+",
        "a.",
        '"',
        "aa0",
        "(at)",
        " 1",
    ],
)
def test_a_million_characters_are_read_in_about_linear_time(sign):
    def seconds(n: int) -> float:
        text = (sign * n)[:n]
        began = time.process_time()
        redact(text)
        return time.process_time() - began

    small = max(min(seconds(20_000) for _ in range(2)), 0.002)
    assert seconds(200_000) < 40 * small  # ten times as long; a square would be a hundred
