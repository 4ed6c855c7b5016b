"""Who made contact, as a keyed hash: the same person is recognised, nobody can say who it was.

A key of a requester is HMAC-SHA256 of the source's own id, cut to 16 bytes; the id itself is never kept. Whoever has
the secrets could try ids one by one, so the secrets rotate and go when the last row under them is gone. With them
goes every way back.

- New rows are written under the newest secret.
- For OVERLAP after a rotation each row also carries the key that the same requester had `before`, so that a chain of
  contacts does not break in two there.
- Erasure and the suppression list know a person under `every` secret that still lives. One further secret, for
  suppression alone, never rotates: who asked to be forgotten stays forgotten.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import secrets
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

KEY_BYTES = 16
"""128 bits: no two requesters share a key by chance (birthday bound: one in 10^18 for 10^10 requesters)."""

NO_KEY = bytes(KEY_BYTES)
"""Where a contact came without a requester."""

OVERLAP = timedelta(days=14)
"""Twice the seven days of a chain: late and corrected contacts of the week before are still joined."""

SHORTEST = 32
"""Characters of a secret from the environment; a guess at fewer is no longer hopeless."""

FILE = "requester.keys"


class BadKeys(Exception):
    """The secrets cannot be used; says where they stand and what would be right, never what they are."""


class Secret(NamedTuple):
    """One secret and when it was made, with a time zone."""

    secret: bytes
    since_ts: datetime


class RequesterKeys:
    """All secrets of one installation. Immutable: `rotated` gives new ones."""

    def __init__(self, suppression: bytes, live: tuple[Secret, ...]) -> None:
        """`live`: newest first, at least one."""
        self._suppression = suppression
        self.live = live

    def __repr__(self) -> str:
        return f"<{len(self.live)} requester keys>"  # never the secrets: a repr ends up in logs

    def requester_key(self, source: str, requester_id: str) -> bytes:
        """Key of a requester under the newest secret, 16 bytes; NO_KEY for an empty id.

        Sources that share their customers' ids (a number of the CRM in both) give the same name for `source`.
        """
        return _key(self.live[0].secret, source, requester_id)

    def requester_key_before(self, source: str, requester_id: str, now: datetime) -> bytes:
        """Key of the same requester under the secret before, within OVERLAP of the rotation; else NO_KEY."""
        if len(self.live) < 2 or now - self.live[0].since_ts > OVERLAP:
            return NO_KEY
        return _key(self.live[1].secret, source, requester_id)

    def every(self, source: str, requester_id: str) -> tuple[bytes, ...]:
        """Every key that this requester may stand under: that of the suppression list first; none for an empty id."""
        if not _plain(requester_id):
            return ()
        return tuple(
            _key(secret, source, requester_id) for secret in (self._suppression, *(one.secret for one in self.live))
        )

    def rotated(self, now: datetime, keep_days: int) -> RequesterKeys:
        """With a new secret, and without those that no row of the last `keep_days` can stand under."""
        oldest = now - timedelta(days=keep_days)
        kept = [
            one
            for one, newer in zip(self.live, (None, *self.live), strict=False)
            if newer is None or newer.since_ts > oldest
        ]
        return RequesterKeys(self._suppression, (Secret(secrets.token_bytes(32), now), *kept))

    def write(self, path: Path) -> None:
        """Write them to a file that only its owner may read; the old one is whole until the new one is."""
        text = json.dumps(
            {
                "suppression": self._suppression.hex(),
                "live": [{"secret": one.secret.hex(), "since_ts": one.since_ts.isoformat()} for one in self.live],
            }
        )
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)


def load_keys(data_dir: str | Path, given: str = "", now: datetime | None = None) -> RequesterKeys:
    """The secrets that the environment has `given`, else those of the file in `data_dir`, which is made if missing.

    `given`: secrets parted by commas: first the one of the suppression list, which never changes, then the newest,
    then older ones. Raises BadKeys.
    """
    if given:
        return _given(given)
    path = Path(data_dir) / FILE
    for _ in range(2):  # two processes may make it at once: whoever is second reads the first one's
        try:
            return _read(path)
        except FileNotFoundError:
            _make(path, now or datetime.now(UTC))
    return _read(path)


def _make(path: Path, now: datetime) -> None:
    new = RequesterKeys(secrets.token_bytes(32), (Secret(secrets.token_bytes(32), now),))
    beside = path.with_name(f"{path.name}.new-{os.getpid()}")
    try:
        new.write(beside)
        os.link(beside, path)
    except FileExistsError:
        pass
    except OSError as error:
        raise BadKeys(f"the requester keys {path} cannot be written: {error.strerror}") from None
    finally:
        beside.unlink(missing_ok=True)


def _read(path: Path) -> RequesterKeys:
    try:
        if (mode := path.stat().st_mode) & 0o077:
            raise BadKeys(f"{path} can be read by others (mode {mode & 0o777:o}); expected: chmod 600")
        found = json.loads(path.read_text(encoding="utf-8"))
        live = tuple(
            Secret(bytes.fromhex(one["secret"]), datetime.fromisoformat(one["since_ts"])) for one in found["live"]
        )
        suppression = bytes.fromhex(found["suppression"])
    except FileNotFoundError:
        raise
    except OSError as error:
        raise BadKeys(f"the requester keys {path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise BadKeys(
            f"{path} is damaged; put back its copy from the backup. A new one would know nobody again"
        ) from None
    if not live or any(one.since_ts.tzinfo is None for one in live):
        raise BadKeys(f"{path} holds no key; put back its copy from the backup")
    return RequesterKeys(suppression, live)


def _given(text: str) -> RequesterKeys:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) < 2 or any(len(part) < SHORTEST for part in parts) or len(set(parts)) < len(parts):
        raise BadKeys(
            f"SNAG_REQUESTER_KEYS has {len(parts)} secrets; expected two or more different ones of at least "
            f"{SHORTEST} characters, parted by commas: that of the suppression list, the newest, older ones"
        )
    # When they were made is not known: with an older one given, contacts are joined over the rotation.
    now = datetime.now(UTC)
    first, *live = (part.encode() for part in parts)
    return RequesterKeys(first, tuple(Secret(one, now) for one in live))


def _key(secret: bytes, source: str, requester_id: str) -> bytes:
    plain = _plain(requester_id)
    if not plain:
        return NO_KEY
    # The length parts source from id: ("ab", "c") and ("a", "bc") are two people.
    return hmac.digest(secret, f"{len(source)}:{source}:{plain}".encode(), "sha256")[:KEY_BYTES]


def _plain(requester_id: str) -> str:
    """One spelling of an id: addresses in lower case, telephone numbers without what parts their digits."""
    text = unicodedata.normalize("NFKC", requester_id).strip()
    if "@" in text:
        return text.casefold()
    if re.fullmatch(r"(?:\+|00)[\d\s()./-]{7,}", text):
        return "+" + re.sub(r"\D", "", text.removeprefix("00"))
    return text
