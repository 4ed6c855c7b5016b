"""Views that put contacts, surveys and what was observed side by side."""

ACTIONS: dict[str, str] = {}
