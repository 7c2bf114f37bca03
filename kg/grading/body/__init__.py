"""Grading of one body of evidence: domains, pooling, judgements and the verdict."""
