"""KGX: nodes and edges of the Biolink model, read and written."""
