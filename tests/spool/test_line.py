"""What is queued is read back as it was, or is known to be damaged."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.spool.line import Damaged, Line, Note, payload_of, read, write

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
PAYLOAD = b'{"type":"beacon","app":"shop"}'


@pytest.mark.parametrize("note", [Note(), Note(1_764_570_000_000, 6), Note(1, 200, TRACE)])
@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_payload_and_its_note_are_read_back(note, end):
    line = write(PAYLOAD + end, note)
    assert line.count(b"\n") == 1
    assert read(line.removesuffix(b"\n")) == Line(PAYLOAD, note, verified=True)
    assert payload_of(line) == PAYLOAD


@given(st.binary(max_size=200).filter(lambda payload: b"\n" not in payload))
def test_any_payload_of_one_line_is_read_back(payload):
    assert read(write(payload)[:-1]).payload == payload


def test_every_single_flipped_bit_is_noticed_or_does_no_harm():
    """A line without a tab bears no checksum: then its rest is no JSON, and the store gives it back."""
    line = write(PAYLOAD, Note(5, 1, TRACE))[:-1]
    for bit in range(len(line) * 8):
        flipped = bytearray(line)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            found = read(bytes(flipped))
        except Damaged:
            continue
        if found.verified:
            assert found.payload == PAYLOAD, "only the letter case of the checksum's own digits may change"
        else:
            assert found.payload[: len(PAYLOAD)] == PAYLOAD
            assert len(found.payload) > len(PAYLOAD)


@given(st.binary(max_size=120))
def test_any_bytes_are_a_line_or_damaged(line):
    try:
        read(line)
    except Damaged:
        assert b"\t" in line


def test_lines_of_earlier_versions_are_read_with_their_trace():
    assert read(PAYLOAD) == Line(PAYLOAD)
    traced = b'{"type":"beacon","trace":"' + TRACE.encode() + b'","app":"shop"}'
    assert read(traced) == Line(PAYLOAD, Note(trace=TRACE))


def test_two_lines_that_a_lost_newline_joined_are_damaged():
    joined = write(PAYLOAD)[:-1] + b"\x0b" + write(PAYLOAD)[:-1]
    with pytest.raises(Damaged):
        read(joined)


def test_bursts_of_wrong_bytes_are_noticed():
    chance = random.Random(1)
    for _ in range(2000):
        line = bytearray(write(PAYLOAD * 20, Note(7, 3))[:-1])
        start = chance.randrange(len(PAYLOAD) * 20 - 8)
        for at in range(start, start + chance.randint(1, 8)):
            line[at] = (line[at] + chance.randint(1, 255)) % 256
        try:
            assert not read(bytes(line)).verified
        except Damaged:
            continue
