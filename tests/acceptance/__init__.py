"""Acceptance tests: what the specification says, number by number."""
