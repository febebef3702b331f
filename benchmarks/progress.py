"""Progress of a benchmark, on standard error."""

import sys


def say(text: str) -> None:
    """Tell the person who waits what is measured now."""
    print(text, file=sys.stderr, flush=True)
