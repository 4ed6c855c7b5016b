"""The demo: a shop of ours, its visitors in a real browser, and eight weeks of history from a simulator."""
