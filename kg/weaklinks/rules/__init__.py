"""The detectors of weak links, one module for each pattern."""
