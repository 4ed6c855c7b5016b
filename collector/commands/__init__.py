"""One module for each command: `arguments(parser, common)` says what it takes, `run(args, settings)` does it.

A module here is imported only when its command is run, so `snag --help` stays quick.
"""


def count(text: str) -> int:
    """A whole number from 1, for argparse."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number
