"""Fennel & Rye: a small kitchen shop of our own, for the demo's visitors to use and to get stuck in."""

from collector.demo.shop.app import build_shop
from collector.demo.shop.faults import Faults

__all__ = ["Faults", "build_shop"]
