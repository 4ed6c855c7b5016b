"""Every query of the store: its text in `<topic>/<name>.sql`, its row and its function in `<topic>/__init__.py`.

A row is a NamedTuple whose fields are the columns of the query, a function takes typed parameters by name and returns
rows. Times that come back carry UTC.
"""
