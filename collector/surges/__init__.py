"""Contact surges of one site: finds them, keeps their history, words them."""
