"""Views of grades on rated links, mechanism paths and tables."""
