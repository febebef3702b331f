"""A second opinion: mail-parser and `parse` must read the corpora alike wherever mail-parser reads anything at all."""

import logging
import warnings
from collections.abc import Iterator
from pathlib import Path

import mailparser
import pytest

from postroom.mime.parse import parse

CORPORA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
FOLDERS = ("mime_mikel_mail", "mime_mimekit", "reply_talon")
LEAST_AGREEMENT = 0.96


def mails() -> Iterator[bytes]:
    for name in FOLDERS:
        for path in sorted((CORPORA / name).glob("*")):
            content = path.read_bytes() if path.is_file() else b""
            if path.suffix in {".eml", ".msg", ".txt"} and b"\nfrom:" in content[:3000].lower():
                yield content


def opinion(content: bytes) -> dict[str, str]:
    """Return what mail-parser reads; empty where it breaks or finds nothing."""
    try:
        found = mailparser.parse_from_bytes(content)
        return {
            "subject": "".join(str(found.subject or "").split()),
            "message_id": str(found.message_id or "").strip(),
            "from": found.from_[0][1].lower() if found.from_ else "",
            "to": " ".join(sorted(address.lower() for _, address in found.to)),
            "date": found.date.strftime("%Y-%m-%d %H:%M:%S") if found.date else "",
        }
    except Exception:  # noqa: BLE001 - it breaks on some of them, which is why it is not what Postroom reads with.
        return {}


def ours(content: bytes) -> dict[str, str]:
    email = parse(content)
    return {
        "subject": "".join(email.subject.split()),
        "message_id": email.message_id or "",
        "from": email.from_address.address.lower() if email.from_address else "",
        "to": " ".join(sorted(address.address.lower() for address in email.to)),
        "date": email.date.strftime("%Y-%m-%d %H:%M:%S") if email.date else "",
    }


@pytest.mark.skipif(not CORPORA.exists(), reason="the folder ../shared/data with the mail corpora is absent")
@pytest.mark.parametrize("field", ["subject", "message_id", "from", "to", "date"])
def test_mail_parser_reads_the_corpora_alike(field: str) -> None:
    logging.getLogger("mailparser").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pairs = [(theirs[field], ours(content)[field]) for content in mails() if (theirs := opinion(content))]
    compared = [(theirs, own) for theirs, own in pairs if theirs]
    assert len(compared) > 100
    different = [pair for pair in compared if pair[0] != pair[1]]
    assert len(different) <= (1 - LEAST_AGREEMENT) * len(compared), different
