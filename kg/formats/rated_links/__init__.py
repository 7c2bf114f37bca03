"""Tables and RDF of rated links, read in batches, and pairs as Parquet."""
