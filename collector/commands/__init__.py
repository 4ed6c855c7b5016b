"""One module for each command: `arguments(parser, common)` says what it takes, `run(args, settings)` does it.

A module here is imported only when its command is run, so `snag --help` stays quick.
"""


class Failed(Exception):
    """A command cannot do what it was asked; the message is for the person who asked."""
