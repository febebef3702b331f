from pathlib import Path

import pytest

from past_mails import MBOX
from postroom.actions.past_mail_kinds import FileKind, require_kind
from postroom.errors import InputError


def written(folder: Path, content: bytes) -> Path:
    file = folder / "arrived"
    file.write_bytes(content)
    return file


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (FileKind.MBOX, b""),
        (FileKind.MBOX, b"\x1f\x8b\x08\x00"),
        (FileKind.MBOX, b"text,label\nHello,greeting\n"),
        (FileKind.CSV, b""),
        (FileKind.CSV, b"text,label\n"),
        (FileKind.CSV, b"\x1f\x8b\x08\x00\x00"),
        (FileKind.CSV, MBOX),
        (FileKind.CSV, b"question,answer\na,b\n"),
        (FileKind.CSV, b'"' + b"x" * 10_000),
        (FileKind.JSONL, b""),
        (FileKind.JSONL, b"[1]\n"),
        (FileKind.JSONL, b'{"label": "x"}\n'),
        (FileKind.JSONL, b"text,label\n"),
        (FileKind.JSONL, b"x" * 10_000),
    ],
)
def test_what_is_not_of_its_kind_is_refused(tmp_path: Path, kind: FileKind, content: bytes) -> None:
    with pytest.raises(InputError, match=f"This is no {kind.value}: ") as refused:
        require_kind(written(tmp_path, content), kind)
    assert refused.value.hint
    assert str(tmp_path) not in refused.value.message


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (FileKind.CSV, b"\xef\xbb\xbfText,Label\r\nHello,greeting\r\n"),
        (FileKind.CSV, b'text\n"' + b"long " * 2_000 + b'"\n'),
        (FileKind.JSONL, b'\n{"text": "Hello", "label": "greeting"}\n'),
        (FileKind.JSONL, b'{"text": "' + b"long " * 2_000 + b'"}\n'),
    ],
)
def test_tables_are_known_by_their_beginning(tmp_path: Path, kind: FileKind, content: bytes) -> None:
    require_kind(written(tmp_path, content), kind)
