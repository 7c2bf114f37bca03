"""Facts for the detectors, extracted from a base and its grades."""
