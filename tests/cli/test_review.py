import asyncio
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import Result

from cli.conftest import Postroom
from contracts.store_nouns import SUPPORT, answering, arrival, at, review, workflow
from postroom.bootstrap import open_store
from postroom.cli.opening import settings_of
from postroom.cli.starting import Start, running
from postroom.mime.parse import parse
from postroom.model.audit import AuditFilter
from postroom.model.email import Attachment
from postroom.model.review import Review, ReviewId, ReviewKind, ReviewStatus


def queue(postroom: Postroom, folder: Path) -> list[dict[str, dict[str, object]]]:
    result = postroom("review", "list", "--json", "--limit", "1000", "--data-dir", folder)
    assert result.exit_code == 0, result.stderr
    found: list[dict[str, dict[str, object]]] = json.loads(result.stdout)
    return found


def review_id(postroom: Postroom, folder: Path, *, with_passages: bool) -> str:
    for sheet in queue(postroom, folder):
        draft = sheet["review"]["draft"]
        if isinstance(draft, dict) and bool(draft["passages"]) is with_passages:
            return str(sheet["review"]["id"])
    pytest.fail("The demo asked no such question.")


async def carried_out(folder: Path, name: str) -> None:
    """Run the engine until the decision of a review is carried out."""
    async with running(settings_of(folder), Start(log_level="ERROR")) as (opened, engine), asyncio.timeout(20):
        while (await opened.stores.reviews.get(ReviewId(name))).status is not ReviewStatus.CLOSED:
            engine.wake()
            await asyncio.sleep(0)
        await engine.quiet()


async def ask_again(folder: Path, name: ReviewId) -> Review:
    """Ask what is asked where it is not known whether a reply was sent."""
    async with open_store(settings_of(folder)) as stores:
        first = await stores.reviews.get(name)
        again = ReviewId(f"{first.execution_id}/email_sender/uncertain")
        uncertain = replace(
            first, id=again, kind=ReviewKind.UNCERTAIN_SEND, status=ReviewStatus.OPEN, claimed_by=None, decision=None
        )
        assert await stores.reviews.add(uncertain)
        return uncertain


async def stored(folder: Path, name: ReviewId) -> Review:
    async with open_store(settings_of(folder)) as stores:
        return await stores.reviews.get(name)


def outbox(folder: Path) -> set[Path]:
    return set((folder / "outbox").glob("*.eml"))


def test_an_edited_reply_is_sent_to_the_customer(postroom: Postroom, demo: Path) -> None:
    before = outbox(demo)
    name = review_id(postroom, demo, with_passages=True)
    decided = postroom("review", "edit", name, "--text", "Yes, gladly.", "--by", "ann", "--json", "--data-dir", demo)
    assert json.loads(decided.stdout)["status"] == "decided", decided.stderr
    asyncio.run(carried_out(demo, name))
    (file,) = outbox(demo) - before
    assert "Yes, gladly." in parse(file.read_bytes()).text
    shown = postroom("status", name.partition("/")[0], "--data-dir", demo)
    assert "answered" in shown.stdout
    assert "edit by ann" in shown.stdout
    # The id of the review shows its execution, too.
    assert postroom("status", name, "--data-dir", demo).stdout == shown.stdout


def test_an_approved_draft_is_sent_as_it_is(postroom: Postroom, demo: Path) -> None:
    before = outbox(demo)
    name = review_id(postroom, demo, with_passages=True)
    shown = f"{name[:11]}/{name.partition('/')[2]}"
    assert shown in postroom("review", "list", "--data-dir", demo).stdout
    assert postroom("review", "approve", shown, "--data-dir", demo).exit_code == 0
    again = postroom("review", "approve", shown, "--data-dir", demo)
    assert again.exit_code == 1
    assert "is decided already" in again.stderr
    asyncio.run(carried_out(demo, name))
    sheet = json.loads(postroom("review", "show", name, "--json", "--data-dir", demo).stdout)
    (file,) = outbox(demo) - before
    assert parse(file.read_bytes()).text.split() == sheet["review"]["draft"]["text"].split()


def test_a_command_that_is_repeated_never_decides_what_was_asked_since(postroom: Postroom, demo: Path) -> None:
    name = ReviewId(review_id(postroom, demo, with_passages=True))
    typed = name[:11]
    assert postroom("review", "approve", typed, "--by", "ann", "--data-dir", demo).exit_code == 0
    uncertain = asyncio.run(ask_again(demo, name))
    for command in ("approve", "reject", "claim"):
        refused = postroom("review", command, typed, "--by", "ann", "--data-dir", demo)
        assert refused.exit_code == 1
        assert name in refused.stderr
        assert uncertain.id in refused.stderr
    assert asyncio.run(stored(demo, uncertain.id)).status is ReviewStatus.OPEN


def test_a_conflict_is_told_with_its_reason_and_exit_code_1(postroom: Postroom, demo: Path) -> None:
    name = review_id(postroom, demo, with_passages=False)
    refused = postroom("review", "approve", name, "--data-dir", demo)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "Error: " in refused.stderr
    assert "Hint: " in refused.stderr
    assert postroom("review", "reject", name, "--by", "ann", "--data-dir", demo).exit_code == 0
    again: Result = postroom("review", "reject", name, "--json", "--data-dir", demo)
    assert (again.exit_code, again.stdout) == (1, "")
    assert "reject by 'ann'" in again.stderr
    assert "Traceback" not in again.stderr


def test_a_claimed_review_is_shown_as_somebodys(postroom: Postroom, demo: Path) -> None:
    name = review_id(postroom, demo, with_passages=True)
    assert postroom("review", "claim", name, "--by", "ann", "--data-dir", demo).exit_code == 0
    assert "claimed by ann" in " ".join(postroom("review", "list", "--data-dir", demo).stdout.split())
    refused = postroom("review", "approve", name, "--by", "bob", "--data-dir", demo)
    assert "claimed by 'ann'" in refused.stderr


def test_a_claimed_review_is_given_back_by_its_holder_and_for_anybody_on_request(
    postroom: Postroom, demo: Path
) -> None:
    name = review_id(postroom, demo, with_passages=True)
    assert postroom("review", "claim", name, "--by", "ann", "--data-dir", demo).exit_code == 0
    refused = postroom("review", "release", name, "--by", "bob", "--data-dir", demo)
    assert (refused.exit_code, "claimed by 'ann'" in refused.stderr) == (1, True)
    released = postroom("review", "release", name, "--by", "ann", "--data-dir", demo)
    assert released.stdout == f"{name} is open.\n"
    postroom("review", "claim", name, "--by", "ann", "--data-dir", demo)
    anybody = postroom("review", "release", name, "--by", "bob", "--anybody", "--json", "--data-dir", demo)
    assert (json.loads(anybody.stdout)["status"], json.loads(anybody.stdout)["claimed_by"]) == ("open", None)
    assert asyncio.run(noted(demo)) == [("bob", "release_review", name)]


async def noted(folder: Path) -> list[tuple[str, str, str]]:
    """Return what the audit log says, oldest first."""
    async with open_store(settings_of(folder)) as stores:
        found = (await stores.audit.list(AuditFilter(), limit=9)).rows
    return [(entry.by, entry.act, entry.subject) for entry in reversed(found)]


def test_text_and_file_together_are_bad_usage(postroom: Postroom, tmp_path: Path) -> None:
    file = tmp_path / "reply.txt"
    file.write_text("Hello", encoding="utf-8")
    assert postroom("review", "edit", "ex_1", "--text", "a", "--file", file).exit_code == 2


CONTENT = b"%PDF-1.7 a bill"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


async def ask_about_a_bill(folder: Path) -> ReviewId:
    """Store a mail with an attachment and a question about it; the customer writes again afterwards."""
    bill = Attachment(filename="bill.pdf", content_type="application/pdf", size_bytes=len(CONTENT), digest=DIGEST)
    first = replace(arrival(1), version=1, attachments={DIGEST: CONTENT})
    first = replace(first, email=replace(first.email, attachments=(bill,)))
    asked = review(f"{first.execution_id}/ask", execution_id=first.execution_id)
    async with open_store(settings_of(folder)) as stores:
        await stores.workflows.save(workflow(SUPPORT), at=at(0))
        await stores.ledger.accept([first])
        await stores.reviews.add(replace(asked, email_id=first.email_id))
        assert first.email.message_id is not None
        await stores.ledger.accept([replace(answering(arrival(2), first.email.message_id), version=1)])
    return asked.id


def test_an_attachment_is_told_by_name_and_saved_where_nothing_is(postroom: Postroom, tmp_path: Path) -> None:
    name = asyncio.run(ask_about_a_bill(tmp_path / "data"))
    shown = postroom("review", "show", name).stdout
    assert f"Attachment: bill.pdf (application/pdf, 15 bytes, {DIGEST[:12]})" in shown
    assert "NEWER MAIL" in shown
    file = tmp_path / "saved.pdf"
    saved = postroom("review", "attachment", name, DIGEST[:12], "--output", file)
    assert saved.exit_code == 0, saved.stderr
    assert file.read_bytes() == CONTENT
    again = postroom("review", "attachment", name, DIGEST, "--output", file)
    assert again.exit_code == 1
    assert "exists already" in again.stderr
