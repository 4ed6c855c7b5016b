"""Source maps: from a minified frame to the line in the source."""
