"""`python -m kg` does what `kg` does."""

from kg.cli import entry

if __name__ == "__main__":
    entry()
