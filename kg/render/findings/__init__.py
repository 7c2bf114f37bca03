"""Views of diagnostics, detectors and citation audits."""
