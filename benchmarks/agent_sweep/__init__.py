"""Galleries of widely used component libraries, every control of which is used as a person would."""
