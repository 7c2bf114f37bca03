"""Search for chains in graphs of signed, levelled links; it knows nothing of health."""
