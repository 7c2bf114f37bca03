"""Laws, by property: what must hold for every input."""
