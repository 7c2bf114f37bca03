"""A detector, a renderer, a reader and a profile for kg, and plug-ins that do not work."""
