"""Checks of a base across its files: references, cycles and numbers."""
