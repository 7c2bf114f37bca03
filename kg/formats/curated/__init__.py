"""The curated YAML format: schema, reader and waivers."""
