"""`python -m kg` does what `kg` does."""

import sys

if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]  # the working folder, in which a json.py would stand for Python's own
    from kg.cli import entry

    entry()
