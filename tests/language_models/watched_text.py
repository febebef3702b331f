"""A text that knows which threads have cut it."""

import threading
from typing import SupportsIndex


class WatchedText(str):
    """Keeps the threads that took a part of it."""

    threads: set[int]

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        """Return a part."""
        self.threads.add(threading.get_ident())
        return super().__getitem__(key)


def watched(text: str) -> WatchedText:
    """Return `text`, which nobody has cut yet."""
    made = WatchedText(text)
    made.threads = set()
    return made
