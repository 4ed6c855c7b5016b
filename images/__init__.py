"""Container images: Dockerfiles, pinned requirements, and the programs that pin and test them."""
