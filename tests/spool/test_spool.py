"""What is acknowledged is on disk, whatever happens next."""

import asyncio
import contextlib
import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from collector.spool import Full, Spool, SpoolFailed, SpoolInUse, quarantine
from collector.spool.line import read, write
from collector.spool.segment import cut_torn_tail
from collector.spool.shipper import Shipper

BIG = 10**9


class List:
    """A store that is a list, and can be made to refuse."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.down = 0

    def insert(self, lines):
        if self.down:
            self.down -= 1
            raise ConnectionError("the store is away")
        bad = [line for line in lines if line.payload.startswith(b"bad")]
        self.lines += [line.payload for line in lines if line not in bad]
        return bad


def on_disk(folder: Path) -> list[bytes]:
    """The payloads of all lines in a folder, read as the shipper reads them."""
    raw = [line for path in sorted(folder.glob("*.*")) for line in path.read_bytes().splitlines()]
    return [read(line).payload for line in raw]


async def test_a_line_is_on_disk_when_put_returns(tmp_path):
    spool = Spool(tmp_path, max_bytes=BIG)
    await asyncio.gather(*(spool.put(b"%d\n" % i) for i in range(100)))
    assert sorted(on_disk(tmp_path), key=int) == [b"%d" % i for i in range(100)]
    await spool.close()


async def test_lines_that_come_together_share_one_sync(tmp_path, monkeypatch):
    syncs = []
    monkeypatch.setattr(os, "fdatasync", lambda fd: syncs.append(fd))
    spool = Spool(tmp_path, max_bytes=BIG)
    await asyncio.gather(*(spool.put(b"x\n") for _ in range(500)))
    assert 1 <= len(syncs) <= 3
    await spool.close()


async def test_a_full_queue_refuses_and_takes_again_after_shipping(tmp_path):
    spool, store = Spool(tmp_path, max_bytes=30), List()
    await spool.put(b"12345678\n")
    with pytest.raises(Full) as error:
        await spool.put(b"12\n")
    held = len(write(b"12345678"))
    assert str(error.value) == f"the queue in {tmp_path} holds {held} bytes, its limit is 30"
    await Shipper(lambda: [tmp_path], store, roll=spool.roll, quarantine=tmp_path / "quarantine").ship()
    spool.recount()
    await spool.put(b"12\n")
    assert (store.lines, spool.held_bytes) == ([b"12345678"], len(write(b"12")))
    await spool.close()


async def test_a_full_disk_refuses_and_acknowledges_nothing(tmp_path):
    """/dev/full is a real file that answers every write with ENOSPC."""
    disk = {"full": False}

    def opener(path: str, flags: int, mode: int) -> int:
        return os.open("/dev/full", os.O_WRONLY) if disk["full"] else os.open(path, flags, mode)

    spool, store = Spool(tmp_path, max_bytes=BIG, opener=opener), List()
    await spool.put(b"before\n")
    await spool.roll()
    disk["full"] = True
    with pytest.raises(SpoolFailed) as error:
        await spool.put(b"during\n")
    assert str(error.value) == f"cannot write to the queue in {tmp_path}: {os.strerror(errno.ENOSPC)}"
    disk["full"] = False
    await spool.put(b"after\n")
    await Shipper(lambda: [tmp_path], store, roll=spool.roll, quarantine=tmp_path / "quarantine").ship()
    assert store.lines == [b"before", b"after"]
    assert spool.recount() == spool.held_bytes == 0
    await spool.close()


async def test_after_a_failed_sync_the_file_is_given_up(tmp_path, monkeypatch):
    spool, store = Spool(tmp_path, max_bytes=BIG), List()
    await spool.put(b"kept\n")
    real, fails = os.fdatasync, iter([True])

    def failing(fd: int) -> None:
        if next(fails, False):
            raise OSError(errno.EIO, "Input/output error")
        real(fd)

    monkeypatch.setattr(os, "fdatasync", failing)
    with pytest.raises(SpoolFailed):
        await spool.put(b"lost\n")
    await spool.put(b"later\n")
    assert len(list(tmp_path.glob("*.ndjson"))) == 1, "the file of the failed sync is sealed, a new one begun"
    await Shipper(lambda: [tmp_path], store, roll=spool.roll, quarantine=tmp_path / "quarantine").ship()
    assert store.lines == [b"kept", b"later"]
    await spool.close()


async def test_a_disk_that_is_nearly_full_is_not_filled(tmp_path):
    spool = Spool(tmp_path, max_bytes=BIG, min_free_bytes=2**60)
    with pytest.raises(Full, match="bytes free, less than"):
        await spool.put(b"x\n")
    assert spool.held_bytes == 0
    await spool.close()


@pytest.mark.parametrize(
    ("content", "kept", "cut"),
    [(b"a\nb\n", b"a\nb\n", 0), (b"a\nb\ntorn", b"a\nb\n", 4), (b"torn", b"", 4), (b"", b"", 0),
     (b"a\n" + b"t" * 200_000, b"a\n", 200_000)],
)  # fmt: skip
def test_a_torn_tail_is_cut_and_nothing_else(tmp_path, content, kept, cut):
    path = tmp_path / "segment"
    path.write_bytes(content)
    assert cut_torn_tail(path) == cut
    assert path.read_bytes() == kept


async def test_what_a_crash_left_is_shipped_at_the_next_start(tmp_path):
    (tmp_path / "0000000000001-7-000001.open").write_bytes(b"one\ntwo\nto")
    spool, store = Spool(tmp_path, max_bytes=BIG), List()
    assert (spool.torn_bytes, spool.held_bytes) == (2, 8)
    await Shipper(lambda: [tmp_path], store, roll=spool.roll, quarantine=tmp_path / "quarantine").ship()
    assert store.lines == [b"one", b"two"]
    assert on_disk(tmp_path) == []
    await spool.close()


async def test_the_store_may_be_away_for_as_long_as_it_likes(tmp_path, monkeypatch):
    monkeypatch.setattr("collector.spool.shipper.EVERY_S", 0.01)
    monkeypatch.setattr("collector.spool.shipper.LONGEST_WAIT_S", 0.02)
    spool, store, errors = Spool(tmp_path, max_bytes=BIG), List(), []
    store.down = 5
    await spool.put(b"one\n")
    shipping = asyncio.create_task(
        Shipper(
            lambda: [tmp_path],
            store,
            roll=spool.roll,
            quarantine=tmp_path / "quarantine",
            on_error=errors.append,
        ).run()
    )
    async with asyncio.timeout(30):
        while spool.recount() or spool.held_bytes:  # noqa: ASYNC110 (nothing tells when it is empty)
            await asyncio.sleep(0.01)
    shipping.cancel()
    assert store.lines == [b"one"]
    assert len(errors) >= 2
    assert not (tmp_path / "quarantine").exists()
    await spool.close()


async def test_a_line_that_is_no_beacon_is_set_aside_and_holds_up_nothing(tmp_path):
    spool, store, counted = Spool(tmp_path, max_bytes=BIG), List(), []
    for line in (b"one\n", b"bad\n", b"two\n"):
        await spool.put(line)
    await Shipper(
        lambda: [tmp_path],
        store,
        roll=spool.roll,
        quarantine=tmp_path / "quarantine",
        on_quarantined=counted.append,
    ).ship()
    assert (store.lines, counted) == ([b"one", b"two"], [1])
    assert on_disk(tmp_path / "quarantine") == [b"bad"]
    await spool.close()


async def test_a_second_process_is_told_who_has_the_queue(tmp_path):
    spool = Spool(tmp_path, max_bytes=BIG)
    with pytest.raises(SpoolInUse) as error:
        Spool(tmp_path, max_bytes=BIG)
    assert str(error.value) == (
        f"the queue's folder {tmp_path} is in use by process {os.getpid()}; "
        "stop it, or set SNAG_SPOOL_DIR to another folder"
    )
    await spool.close()
    await Spool(tmp_path, max_bytes=BIG).close()


async def test_the_oldest_line_has_a_time(tmp_path):
    now = [1000.0]
    spool = Spool(tmp_path, max_bytes=BIG, clock=lambda: now[0])
    assert spool.oldest_ms() == 0
    await spool.put(b"x\n")
    assert spool.oldest_ms() == 1_000_000
    await spool.close()


def test_the_queue_is_for_its_owner_only(tmp_path):
    """Beacons hold no personal data by design, but a queue is nobody else's business."""
    code = (
        "import asyncio, pathlib, sys\n"
        "from collector.spool import Spool\n"
        "async def main():\n"
        "    spool = Spool(pathlib.Path(sys.argv[1]), max_bytes=10**6)\n"
        "    await spool.put(b'x\\n')\n"
        "    await spool.close()\n"
        "asyncio.run(main())\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "spool")], check=True)
    assert (tmp_path / "spool").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "spool").iterdir())


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SpoolInUse) as error:
        Spool(tmp_path / "file" / "spool", max_bytes=BIG)
    assert str(error.value) == (
        f"cannot use the queue's folder {tmp_path}/file/spool: Not a directory; "
        "set SNAG_SPOOL_DIR or SNAG_DATA_DIR to another folder"
    )


class Picky(List):
    """A store that refuses whatever has poison in it, and cannot say which line it was."""

    def insert(self, lines):
        lines = list(lines)
        if any(b"poison" in line.payload for line in lines):
            raise RuntimeError("cannot parse something")
        return super().insert(lines)


def shipper(folder: Path, store: List) -> Shipper:
    return Shipper(lambda: [folder], store, quarantine=folder / "quarantine")


async def ship_often(one: Shipper, times: int) -> None:
    for _ in range(times):
        with contextlib.suppress(Exception):
            await one.ship()


async def test_a_line_that_the_store_cannot_take_is_found_and_set_aside_and_the_others_are_kept(tmp_path):
    good = [b"%d" % i for i in range(50)]
    (tmp_path / "0000000000001-1-000001.ndjson").write_bytes(b"\n".join([*good[:20], b"poison", *good[20:]]) + b"\n")
    store = Picky()
    await ship_often(shipper(tmp_path, store), 4)
    assert set(store.lines) == set(good)
    assert on_disk(tmp_path / "quarantine") == [b"poison"]
    assert list(tmp_path.glob("*.ndjson")) == []


async def test_a_segment_of_nothing_but_poison_holds_up_no_other(tmp_path):
    (tmp_path / "0000000000001-1-000001.ndjson").write_bytes(b"poison\n")
    store = Picky()
    one = shipper(tmp_path, store)
    for turn in range(5):
        (tmp_path / f"000000000000{turn + 2}-1-000001.ndjson").write_bytes(b"%d\n" % turn)
        await ship_often(one, 1)
        assert b"%d" % turn in store.lines
    assert on_disk(tmp_path / "quarantine") == [b"poison"]


async def test_while_the_store_is_away_nothing_is_set_aside(tmp_path):
    for name in ("1", "2"):
        (tmp_path / f"000000000000{name}-1-000001.ndjson").write_bytes(b"a\nb\nc\n")
    store = List()
    store.down = 10**6
    await ship_often(shipper(tmp_path, store), 10)
    assert not (tmp_path / "quarantine").exists()
    store.down = 0
    await shipper(tmp_path, store).ship()
    assert sorted(store.lines) == sorted([b"a", b"b", b"c"] * 2)


async def test_a_segment_that_cannot_be_read_is_set_aside_and_holds_up_nothing(tmp_path, monkeypatch):
    for name in ("1", "2"):
        (tmp_path / f"000000000000{name}-1-000001.ndjson").write_bytes(b"%s\n" % name.encode())
    read = Path.read_bytes

    def failing(self: Path) -> bytes:
        if self.name.startswith("0000000000001"):
            raise OSError(errno.EIO, "Input/output error")
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", failing)
    store = List()
    await shipper(tmp_path, store).ship()
    assert store.lines == [b"2"]
    assert [path.name for path in (tmp_path / "quarantine").iterdir()] == ["0000000000001-1-000001.ndjson"]


async def test_small_segments_of_several_workers_are_shipped_together(tmp_path):
    for worker in ("worker-0", "worker-1"):
        (tmp_path / worker).mkdir()
        (tmp_path / worker / "0000000000001-1-000001.ndjson").write_bytes(b"x\n")
    calls = []

    class Counting(List):
        def insert(self, lines):
            calls.append(len(lines))
            return super().insert(lines)

    await Shipper(lambda: quarantine.folders(tmp_path), Counting(), quarantine=tmp_path / "quarantine").ship()
    assert calls == [2]


async def test_while_the_shipper_is_away_segments_grow_instead_of_becoming_many(tmp_path, monkeypatch):
    monkeypatch.setattr("collector.spool.writer.SEAL_S", 0.01)
    monkeypatch.setattr("collector.spool.writer.BACKLOG", 3)
    spool = Spool(tmp_path, max_bytes=BIG)
    sealing = asyncio.create_task(spool.run())
    for i in range(40):
        await spool.put(b"%d\n" % i)
        await asyncio.sleep(0.02)
    assert 2 <= len(spool.sealed()) <= 4
    sealing.cancel()
    await spool.close()
    assert len(on_disk(tmp_path)) == 40


def test_what_was_set_aside_can_be_put_back_or_thrown_away(tmp_path):
    aside = tmp_path / "quarantine"
    aside.mkdir()
    (aside / "0000000000001-1-000001.ndjson").write_bytes(b"one\ntwo\n")
    assert [(w.folder, w.lines) for w in quarantine.status(tmp_path)] == [(tmp_path.name, 0), ("quarantine", 2)]
    assert quarantine.replay(tmp_path) == 2
    assert [(w.folder, w.lines) for w in quarantine.status(tmp_path)] == [(tmp_path.name, 2), ("quarantine", 0)]
    (aside / "0000000000002-1-000001.ndjson").write_bytes(b"three\n")
    assert quarantine.drop(tmp_path) == 1
    assert list(aside.iterdir()) == []


async def test_a_sync_that_fails_costs_only_its_own_group_and_an_answer_that_fails_nobody_else(tmp_path):
    spool, heard = Spool(tmp_path, max_bytes=BIG), []

    def raising(error):
        raise RuntimeError("the connection is gone")

    spool.enqueue(b"a\n", raising)
    spool.enqueue(b"b\n", heard.append)
    await spool.put(b"c\n")
    assert heard == [None]
    await spool.close()
