"""The audit of citations: is a work identified, does it say what the text says, how do we know."""

from kg.literature.audit import audit

__all__ = ["audit"]
