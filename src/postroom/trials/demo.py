"""The evidence of a demo, gathered from mailbox, stores and outbox folder, and what became of each mail."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from postroom.interfaces.provider import Receiver
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.knowledge.articles import ArticleShelf
from postroom.knowledge.search import paragraphs
from postroom.mime.content_hash import content_hash
from postroom.mime.parse import parse
from postroom.model.classification import Classification
from postroom.model.email import Email, RawEmail
from postroom.model.execution import Execution, Outcome
from postroom.model.workflow import NodeId
from postroom.providers.mock.generate import email_at
from postroom.providers.mock.receiver import MockMail
from postroom.providers.mock.truth import Truth
from postroom.trials.judge import JudgeEvidence, Message, Posted, final_state_of

PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMail:
    """One mail of a demo and what became of it; empty strings where nothing is known."""

    execution_id: str
    received_at: datetime
    sender: str
    subject: str
    category: str
    priority: str
    language: str
    route: str
    final_state: str
    article: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where a demo took place: a second receiver on the same mailbox, what it was made from, articles and outbox."""

    receiver: Receiver
    mail: MockMail
    shelf: ArticleShelf
    outbox: Path


async def gather(stores: Stores, scene: Scene) -> JudgeEvidence:
    """Return the evidence: the mailbox is read once more from its beginning, the folder's messages are parsed."""
    emails = [each async for each in every(lambda after: stores.emails.list(after=after, limit=PAGE))]
    listed = [each async for each in every(lambda after: stores.executions.list(after=after, limit=PAGE))]
    executions = [await stores.executions.get(execution.id) for execution in listed]
    labels = {execution.email_id: classification_of(execution) for execution in executions}
    return JudgeEvidence(
        posted=[posted async for posted in _posted(scene)],
        entries=[each async for each in every(lambda after: stores.ledger.entries(after=after, limit=PAGE))],
        executions=executions,
        replies=[each async for each in every(lambda after: stores.outbox.list(after=after, limit=PAGE))],
        messages=await asyncio.to_thread(read_outbox, scene.outbox),
        hashes={email.id: email.content_hash for email in emails},
        categories={email_id: found.category.name for email_id, found in labels.items() if found},
        accepted_at={email.id: email.accepted_at for email in emails},
    )


async def mails(stores: Stores, evidence: JudgeEvidence) -> tuple[DemoMail, ...]:
    """Return what became of each mail, in the order the mailbox gave them."""
    executions = {execution.email_id: execution for execution in evidence.executions}
    found: list[DemoMail] = []
    for entry in evidence.entries:
        state = final_state_of(entry)
        if entry.email_id is None:
            found.append(_unread(entry.uid, entry.accepted_at, state.value if state else ""))
            continue
        stored = await stores.emails.get(entry.email_id)
        execution = executions.get(entry.email_id)
        labels = classification_of(execution) if execution else None
        found.append(
            DemoMail(
                execution_id=entry.execution_id or "",
                received_at=stored.received_at,
                sender=stored.email.from_address.address if stored.email.from_address else "",
                subject=stored.email.subject,
                category=labels.category.name if labels else "",
                priority=labels.priority.name if labels else "",
                language=labels.language.name if labels else "",
                route=_route(execution),
                final_state=state.value if state else "under_way",
                article=_article(execution),
                note=_why(execution),
            )
        )
    return tuple(found)


def read_outbox(folder: Path) -> list[Message]:
    """Return every message in an outbox folder, by the name of its file; none where there is no folder."""
    return [_message(parse(path.read_bytes())) for path in sorted(folder.glob("*.eml"))]


def classification_of(execution: Execution) -> Classification | None:
    """Return what the classifier said, or None where it did not come to that."""
    return next((outcome.classification for outcome in _outcomes(execution) if outcome.classification), None)


async def _posted(scene: Scene) -> AsyncIterator[Posted]:
    cursor: str | None = None
    while True:
        fetched = await scene.receiver.fetch(cursor, limit=PAGE)
        for raw, after in fetched.emails:
            cursor = after
            yield await asyncio.to_thread(_posting, scene, raw)
        if not fetched.more or not fetched.emails:
            return


def _posting(scene: Scene, raw: RawEmail) -> Posted:
    mail = scene.mail
    made = email_at(mail.seed, int(raw.uid) - 1, mailbox_address=mail.mailbox_address, start=mail.start)
    email = parse(raw.content)
    return Posted(
        uid_validity=raw.uid_validity,
        uid=raw.uid,
        content_hash=content_hash(raw.content),
        message_id=email.message_id,
        truth=made.truth,
        recipients=_recipients(email),
        answer_paragraphs=_answer(scene.shelf, made.truth),
    )


def _recipients(email: Email) -> frozenset[str]:
    """Return who may get the answer: the sender, or where the sender wants it within the same domain."""
    if email.from_address is None:
        return frozenset()
    origin = email.from_address.address.casefold()
    wanted = {one.address.casefold() for one in email.reply_to}
    return frozenset({origin, *(one for one in wanted if one.rpartition("@")[2] == origin.rpartition("@")[2])})


def _answer(shelf: ArticleShelf, truth: Truth) -> tuple[str, ...]:
    article = shelf.find(truth.article_id, truth.language) if truth.article_id else None
    return paragraphs(article) if article else ()


def _message(email: Email) -> Message:
    return Message(
        message_id=email.message_id,
        in_reply_to=email.in_reply_to,
        recipients=tuple(one.address for one in (*email.to, *email.cc)),
        text=email.text,
    )


def _unread(uid: str, at: datetime, state: str) -> DemoMail:
    return DemoMail(
        execution_id="",
        received_at=at,
        sender="",
        subject=f"(message {uid} of the mailbox)",
        category="",
        priority="",
        language="",
        route="",
        final_state=state,
        article="",
        note="See the list of the quarantine.",
    )


def _outcomes(execution: Execution | None) -> Sequence[Outcome]:
    return tuple(execution.progress.outcomes.values()) if execution and execution.progress else ()


def _route(execution: Execution | None) -> str:
    """Return the outputs by which the mail left the nodes that choose a way."""
    outcomes = execution.progress.outcomes if execution and execution.progress else {}
    chosen = (outcomes.get(NodeId(name)) for name in ("email_trigger", "priority_router", "auto_responder"))
    return " → ".join(one.output for one in chosen if one is not None and one.output != "email")


def _article(execution: Execution | None) -> str:
    draft = next((outcome.draft for outcome in _outcomes(execution) if outcome.draft), None)
    return ", ".join(dict.fromkeys(passage.article_id for passage in draft.passages)) if draft else ""


def _why(execution: Execution | None) -> str:
    failures = [outcome.failure for outcome in _outcomes(execution) if outcome.failure]
    waiting = [outcome.note for outcome in _outcomes(execution) if outcome.waiting_for]
    return failures[0].message if failures else next(iter(waiting), "")
