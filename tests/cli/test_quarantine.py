"""What could not be accepted, for people to see."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from cli.conftest import Postroom
from contracts.store_nouns import arrival, at
from postroom.bootstrap import MAILBOX_ID, open_store
from postroom.cli.opening import settings_of
from postroom.model.audit import AuditFilter
from postroom.model.ledger import Quarantined


def test_what_is_kept_cut_says_so(postroom: Postroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(shelve(tmp_path / "data"))
    listed = postroom("quarantine", "list")
    assert "10, cut" in listed.stdout
    assert "Only its beginning" in postroom("quarantine", "show", "qu_1").stdout
    raw = postroom("quarantine", "show", "qu_1", "--raw")
    assert raw.stdout == "Subject: x"
    assert "Only its beginning" in raw.stderr
    monkeypatch.setenv("POSTROOM_MAILBOX_KIND", "mock")
    monkeypatch.setenv("POSTROOM_MOCK_EMAILS", "0")
    assert "See `postroom quarantine list`" in postroom("reconcile").stdout


async def shelve(folder: Path) -> None:
    """Put a mail into quarantine that the mailbox gave cut."""
    raw = replace(arrival(1, mailbox=MAILBOX_ID).raw, content=b"Subject: x")
    entry = Quarantined(
        id="qu_1",
        mailbox_id=MAILBOX_ID,
        uid_validity=raw.uid_validity,
        uid=raw.uid,
        reason="The message is larger than allowed: only its first 10 bytes are kept.",
        size_bytes=10,
        at=at(0),
    )
    async with open_store(settings_of(folder)) as stores:
        await stores.ledger.quarantine(raw, cursor=None, entry=entry)


def test_what_is_not_there_is_told(postroom: Postroom) -> None:
    assert postroom("quarantine", "list").exit_code == 0
    for arguments in (("show", "qu_9"), ("show", "qu_9", "--raw"), ("dismiss", "qu_9"), ("accept", "qu_9")):
        refused = postroom("quarantine", *arguments)
        assert refused.exit_code == 1
        assert "'qu_9'" in refused.stderr


LETTER = b"From: ann@example.com\r\nSubject: Hello\r\n\r\nWhere is my parcel?\r\n"


async def shelve_whole(folder: Path) -> None:
    """Put two whole mails into quarantine."""
    async with open_store(settings_of(folder)) as stores:
        for number in (1, 2):
            raw = replace(arrival(number, mailbox=MAILBOX_ID).raw, content=LETTER)
            entry = Quarantined(
                id=f"qu_{number}",
                mailbox_id=MAILBOX_ID,
                uid_validity=raw.uid_validity,
                uid=raw.uid,
                reason="IndexError while reading it",
                size_bytes=len(LETTER),
                at=at(0),
            )
            await stores.ledger.quarantine(raw, cursor=None, entry=entry)


async def noted(folder: Path) -> list[tuple[str, str, str, str]]:
    """Return what the audit log says, oldest first."""
    async with open_store(settings_of(folder)) as stores:
        found = (await stores.audit.list(AuditFilter(), limit=9)).rows
    return [(entry.by, entry.act, entry.subject, entry.credential) for entry in reversed(found)]


def test_what_came_to_a_mailbox_that_is_gone_stays(
    postroom: Postroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTROOM_MAILBOX_KIND", "none")
    asyncio.run(shelve_whole(tmp_path / "data"))
    refused = postroom("quarantine", "accept", "qu_1")
    assert (refused.exit_code, f"{MAILBOX_ID!r} of the message 'qu_1' is not there" in refused.stderr) == (1, True)
    assert len(json.loads(postroom("quarantine", "list", "--json").stdout)) == 2


def test_one_is_let_in_and_one_is_let_go(postroom: Postroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTROOM_MAILBOX_KIND", "mock")
    file = tmp_path / "support.yaml"
    assert postroom("workflow", "export", "customer_support", "--output", file).exit_code == 0
    assert postroom("workflow", "import", file).exit_code == 0
    asyncio.run(shelve_whole(tmp_path / "data"))
    accepted = postroom("quarantine", "accept", "qu_1", "--by", "ann", "--json")
    assert accepted.exit_code == 0, accepted.stderr
    assert json.loads(accepted.stdout)["kind"] == "new"
    assert "takes effect when `postroom serve` runs" in accepted.stderr
    dismissed = postroom("quarantine", "dismiss", "qu_2", "--by", "ann")
    assert dismissed.stdout == f"qu_2 and its {len(LETTER)} bytes are deleted.\n"
    assert json.loads(postroom("quarantine", "list", "--json").stdout) == []
    assert asyncio.run(noted(tmp_path / "data")) == [
        ("ann", "accept_quarantined", "qu_1", "command line"),
        ("ann", "dismiss_quarantined", "qu_2", "command line"),
    ]
