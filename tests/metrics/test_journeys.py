"""journeys.yaml is read with an error that names the place, or into what the funnels and views go by."""

import pytest

from collector.metrics.journeys import BadJourneys, Journey, Step, parse, read

GOOD = """
journeys:
  checkout:
    app: shop
    value: 42.5
    currency: EUR
    steps:
      - name: cart
        pages: [/cart, /basket/*]
      - {name: pay, pages: /pay, limit: 3s}
"""


def test_a_file_becomes_journeys(tmp_path):
    file = tmp_path / "journeys.yaml"
    file.write_text(GOOD)
    steps = (Step("cart", ("/cart", "/basket/*")), Step("pay", ("/pay",), 3.0))
    assert read(file) == [Journey("checkout", steps, "shop", 42.5, "EUR")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1]", "the file is [1]; expected a mapping with journeys"),
        ("journeys: 3", "journeys is missing; expected `journeys:` with one entry for each journey"),
        ("journeys: {a: {steps: []}}", "journeys.a.steps is []; expected a list with at least one step"),
        ("journeys: {a: {steps: [{pages: /x}]}}", "journeys.a.steps[0].name is missing"),
        ("journeys: {a: {step: 1}}", "journeys.a has 'step', which is not known; known are app, value, currency, steps"),
        ("journeys: {a: {steps: [{name: x, limit: 3}]}}",
         "journeys.a.steps[0].limit: 3 is not a valid duration; expected for example 1500ms, 3s or 1m"),
        ("journeys: {a: {value: -1, steps: [{name: x}]}}", "journeys.a.value is -1; expected a number from 0"),
        ("journeys: {a: {steps: [{name: x}, {name: x}]}}", "journeys.a.steps has two steps called 'x'"),
        ("journeys: {a: {steps: [{name: x, pages: [3]}]}}",
         "journeys.a.steps[0].pages is [3]; expected a list of page groups such as [/pay, /pay/*]"),
        ("journeys: [", "not YAML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(text, message):
    with pytest.raises(BadJourneys) as error:
        parse(text)
    assert str(error.value).startswith(message)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadJourneys, match="cannot be read: No such file"):
        read(tmp_path / "no.yaml")
