"""The rules of the checkout form. `static/shop.js` has the same ones, so no honest page meets a 422."""

from collections.abc import Mapping

MIN_CARD_DIGITS, MAX_CARD_DIGITS = 13, 19
"""Lengths of a card number in use (ISO/IEC 7812-1)."""


def refused(form: Mapping[str, str]) -> dict[str, str]:
    """The fields that keep an order from being paid, each with what to tell the visitor.

    >>> refused({"name": "Ada", "address": "1 Mill Lane, Rye", "card": "4242 4242 4242 4241"})
    {'card': 'This card number has a typing error. Please check it.'}
    """
    problems = {}
    if not form.get("name", "").strip():
        problems["name"] = "Please enter your name."
    if len(form.get("address", "").strip()) < 8:
        problems["address"] = "Please enter your street, town and postcode."
    card = form.get("card", "").replace(" ", "").replace("-", "")
    if not (card.isascii() and card.isdigit() and MIN_CARD_DIGITS <= len(card) <= MAX_CARD_DIGITS):
        problems["card"] = "Please enter the long number on the front of your card."
    elif not is_card_number(card):
        problems["card"] = "This card number has a typing error. Please check it."
    return problems


def is_card_number(digits: str) -> bool:
    """Whether the check digit holds (Luhn, ISO/IEC 7812-1 annex B).

    >>> is_card_number("4242424242424242")
    True
    """
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0
