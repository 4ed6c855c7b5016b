"""Errors that every room may raise."""


class Failed(Exception):
    """A command cannot do what it was asked; the message is for the person who asked."""
