"""What a back-test has tried so far, in a folder of its own: one line for each e-mail, so that it can go on later."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from postroom.errors import ConflictError, InputError, StoreError
from postroom.interfaces.codec import decode, encode
from postroom.trials.backtest_tried import Tried

RESULTS = "tried.jsonl"


class Results:
    """The file `tried.jsonl` of a folder. Its first line says of what it is; a line that was cut off is tried again."""

    def __init__(self, folder: Path, about: str) -> None:
        """Make the folder, and the file where there is none.

        Raises:
            ConflictError: it holds the results of something else than `about`. InputError: it cannot be written.
        """
        self._path = folder / RESULTS
        self._head = about.encode() + b"\n"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._mend()
        except OSError as error:
            raise InputError(f"The folder {str(folder)!r} cannot be used: {error.strerror}.") from error

    def tried(self) -> Iterator[Tried]:
        """Give what was tried so far, in that order."""
        with self._path.open("rb") as file:
            file.readline()
            for line in file:
                yield decode(Tried, line.decode())

    def add(self, tried: Iterable[Tried]) -> None:
        """Write what was tried; it is on disk when this returns."""
        lines = "".join(f"{encode(one)}\n" for one in tried)
        with self._path.open("ab") as file:
            file.write(lines.encode())
            file.flush()
            os.fsync(file.fileno())

    def _mend(self) -> None:
        if not self._path.exists():
            self._path.write_bytes(self._head)
            return
        with self._path.open("rb+") as file:
            head = file.readline()
            if head != self._head and head.endswith(b"\n"):
                raise ConflictError(
                    f"The folder {str(self._path.parent)!r} holds the results of another back-test.",
                    hint="Mail, workflow, model, articles or rules are not the same any more: name another folder.",
                )
            if head != self._head:
                file.seek(0)
                file.write(self._head)
            end = max(len(self._head), _end_of_whole_lines(self._path))
            file.truncate(end)


def _end_of_whole_lines(path: Path) -> int:
    end = 0
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n") or not (end == 0 or _readable(line)):
                break
            end += len(line)
    return end


def _readable(line: bytes) -> bool:
    try:
        decode(Tried, line.decode())
    except (StoreError, UnicodeDecodeError):
        return False
    return True
