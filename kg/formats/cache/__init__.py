"""Compiled bases and look-ups, as kg keeps them on disk."""
