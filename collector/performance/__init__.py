"""Series of the infrastructure that somebody else measures already. Kept apart from what people met."""
