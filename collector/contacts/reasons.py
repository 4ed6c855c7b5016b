"""Why customers make contact, by ordered rules of the user's own: the first that matches names the reason. No I/O but load.

    [[rules]]
    reason = "checkout.payment"       # at most two levels
    field = ["billing", "payment"]    # the source's own reason
    tag = ["card_declined"]
    queue = ["Payments"]
    subject = "(?i)card|payment"      # a regular expression
    channel = ["phone"]

All that a rule names must match; of a list, one.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from collector.contacts.schema import Reason
from collector.settings import load_toml

DEFAULT = (
    "login_access", "registration", "search_find", "checkout", "payment", "order_status", "delivery", "returns_refund",
    "account_change", "billing", "pricing", "site_error", "how_to", "complaint", "other",
)  # fmt: skip
"""Leaves to begin with; any tree of at most two levels will do."""

_REASON = re.compile(r"[a-z0-9_]{1,64}(\.[a-z0-9_]{1,64})?")
_WORD = re.compile(r"[^\W\d_]{3,}")


class BadRules(ValueError):
    """A file of rules that cannot be used; says where and what would be right."""


class Rule(NamedTuple):
    """One rule; an empty part asks for nothing."""

    name: str
    reason: str
    field: frozenset[str]
    tag: frozenset[str]
    queue: frozenset[str]
    channel: frozenset[str]
    subject: re.Pattern[str] | None


class Rules:
    """Rules in their order."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)

    def __call__(self, found: Mapping[str, Any], subject: str) -> Reason | None:
        """The reason of a contact, `found` being its fields, by the first rule that matches."""
        raw = str(found.get("reason_raw", "")).casefold()
        tags = {tag.casefold() for tag in found.get("tags", ())}
        queue = str(found.get("queue", "")).casefold()
        for rule in self.rules:
            if (
                (not rule.field or raw in rule.field)
                and (not rule.tag or rule.tag & tags)
                and (not rule.queue or queue in rule.queue)
                and (not rule.channel or found.get("channel") in rule.channel)
                and (rule.subject is None or rule.subject.search(subject))
            ):
                return Reason(rule.reason, rule.name)
        return None


def load(path: Path) -> Rules:
    """Read a file of rules. Raises BadRules."""
    found = load_toml(path, "", BadRules)
    rules = found.get("rules")
    if not isinstance(rules, list) or not rules or found.keys() != {"rules"}:
        raise BadRules(f"{path} names no rule; expected [[rules]] with a reason and what it goes by")
    return Rules([_rule(i, table, path) for i, table in enumerate(rules, 1)])


def _rule(number: int, table: Any, path: Path) -> Rule:
    where = f"rule {number} in {path}"
    known = ("reason", "name", "field", "tag", "queue", "channel", "subject")
    if not isinstance(table, dict) or (strange := [name for name in table if name not in known]):
        raise BadRules(
            f"{where}: {strange[0] if isinstance(table, dict) else table!r} is unknown; known: {', '.join(known)}"
        )
    reason = str(table.get("reason", ""))
    if not _REASON.fullmatch(reason):
        raise BadRules(f"{where}: reason is '{reason}'; expected one or two words such as checkout.payment")
    lists = {}
    for name in ("field", "tag", "queue", "channel"):
        value = table.get(name, [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise BadRules(f"{where}: {name} is {value!r}; expected a list of texts")
        lists[name] = frozenset(one.casefold() for one in value)
    try:
        subject = re.compile(table["subject"]) if "subject" in table else None
    except (re.error, TypeError) as error:
        raise BadRules(f"{where}: subject is not a regular expression: {error}") from None
    if not any(lists.values()) and subject is None:
        raise BadRules(f"{where} goes by nothing; it would match every contact")
    return Rule(str(table.get("name", f"rule {number}")), reason, subject=subject, **lists)


class Suggestion(NamedTuple):
    """Words that many contacts without a reason share."""

    words: tuple[str, ...]
    contacts: int
    example: str


def suggest(subjects: Iterable[str], most: int = 10) -> list[Suggestion]:
    """Groups of subjects by the word that tells them apart best (TF-IDF, Spärck Jones 1972), the largest first.

    Subjects are redacted ones. A word must be in two of them at least and not in more than half; each subject is in one
    group, that of its word of most weight.

    >>> [s.words[0] for s in suggest(["reset password", "password wrong", "where is parcel", "parcel late", "x"], 2)]
    ['parcel', 'password']
    """
    texts = [(text, sorted(set(_WORD.findall(text.casefold())))) for text in subjects]
    seen = Counter(word for _, words in texts for word in words)
    wanted = {word for word, n in seen.items() if n >= 2 and n <= max(2, len(texts) / 2)}
    groups: dict[str, list[tuple[str, list[str]]]] = {}
    weight = {word: seen[word] * math.log(len(texts) / seen[word]) for word in wanted}
    for text, words in texts:
        known = [word for word in words if word in wanted]
        if known:
            groups.setdefault(max(known, key=lambda word: (weight[word], word)), []).append((text, known))
    found = []
    for word, members in groups.items():
        beside = Counter(other for _, known in members for other in known if other != word)
        near = [other for other, n in beside.most_common(3) if n * 2 >= len(members)]
        found.append(Suggestion((word, *near), len(members), min((text for text, _ in members), key=len)))
    return sorted(found, key=lambda one: (-one.contacts, one.words))[:most]
