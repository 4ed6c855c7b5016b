"""The vendors, one file each: what they send in our words. No store, no network, no clock."""

from collector.contacts.sources import plain
from collector.contacts.sources.base import Adapter, Ask, Login, Page, Pull, Unreadable

ADAPTERS: dict[str, Adapter] = {one.name: one for one in (plain.ADAPTER,)}

__all__ = ["ADAPTERS", "Adapter", "Ask", "Login", "Page", "Pull", "Unreadable"]
