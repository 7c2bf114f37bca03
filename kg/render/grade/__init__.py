"""Views of the grade of an outcome."""
