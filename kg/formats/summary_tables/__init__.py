"""Summary-of-findings tables: their columns, cells and pooled studies."""
