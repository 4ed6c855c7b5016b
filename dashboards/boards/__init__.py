"""One module for each board, each with one `board()`."""
