"""One module for each command: `arguments(parser, common)` says what it takes, `run(args, settings)` does it.

A module here is imported only when its command is run, so `snag --help` stays quick.
"""
