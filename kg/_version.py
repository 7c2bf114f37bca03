"""The version of the code; the data carry versions of their own."""

__version__ = "0.1.0"
