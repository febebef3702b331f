"""What a file of past mail may be, and whether it begins as that does."""

import io
import json
from enum import StrEnum
from pathlib import Path

from postroom.errors import InputError, PostroomError
from postroom.learning.table import headed_rows

_LOOKED_AT_BYTES = 4096


class FileKind(StrEnum):
    """What a file of past mail is."""

    MBOX = "mbox"
    CSV = "csv"
    JSONL = "jsonl"


def require_kind(file: Path, kind: FileKind) -> None:
    """Pass where a file begins as its kind does.

    Raises:
        InputError: it does not.
    """
    with file.open("rb") as opened:
        beginning = opened.read(_LOOKED_AT_BYTES)
    try:
        _CHECKS[kind](beginning)
    except PostroomError as error:
        raise InputError(
            f"This is no {kind.value}: {error.message[:300]}", hint=error.hint or "Send it as what it is."
        ) from error


def _require_mbox(beginning: bytes) -> None:
    if not beginning.startswith(b"From "):
        raise InputError("it does not begin with a line `From …`.", hint="Export the mail as mbox, uncompressed.")


def _require_csv(beginning: bytes) -> None:
    lines = io.StringIO(beginning.decode("utf-8-sig", "replace"), newline="")
    if next(headed_rows(Path("the file"), lines, ("text",), named="text[,label][,subject]"), None) is None:
        raise InputError("it has no rows.", hint="Write one row for each e-mail.")


def _require_jsonl(beginning: bytes) -> None:
    first, _, rest = beginning.decode("utf-8-sig", "replace").lstrip().partition("\n")
    try:
        # A long first line is cut: nothing but its beginning can be told.
        found = json.loads(first) if rest or len(beginning) < _LOOKED_AT_BYTES else {"text": ""}
    except (ValueError, RecursionError):
        found = None
    if not first.startswith("{") or not isinstance(found, dict) or "text" not in found:
        raise InputError(
            "its first line is no JSON object with a `text`.", hint="Write one object on each line, in UTF-8."
        )


_CHECKS = {FileKind.MBOX: _require_mbox, FileKind.CSV: _require_csv, FileKind.JSONL: _require_jsonl}
