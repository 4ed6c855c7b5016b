"""Views that put contacts, surveys and what was observed side by side."""

ACTIONS: dict[str, str] = {}


def run(args: object, settings: object) -> int:
    """Nothing yet."""
    return 0
