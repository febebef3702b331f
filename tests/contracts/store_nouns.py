"""Nouns for the contract suites of the stores, with sensible values where a test does not care."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256

from postroom.model.account import Account, AccountFamily
from postroom.model.alarm import Alarm
from postroom.model.allowance import Limit
from postroom.model.answer import FlaggedAnswer, SentAnswer
from postroom.model.draft import Draft
from postroom.model.email import Address, Attachment, ConversationId, Email, EmailId, MailboxId, RawEmail
from postroom.model.execution import Event, EventKind, Execution, ExecutionId, ExecutionStatus
from postroom.model.ledger import Arrival
from postroom.model.mailbox import Caps, Lists, Mailbox, Mode
from postroom.model.opening_hours import OpeningHours
from postroom.model.record import Record
from postroom.model.reply import OutgoingEmail, Reply, ReplyId
from postroom.model.review import Decision, Review, ReviewId, ReviewKind, ReviewStatus, Verdict
from postroom.model.suppression import Suppression
from postroom.model.workflow import Edge, Node, NodeId, Workflow, WorkflowSlug

SHOP = MailboxId("shop")
SALES = MailboxId("sales")
SUPPORT = WorkflowSlug("support")
START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def at(minute: int) -> datetime:
    """Return the time `minute` minutes after the start of the story."""
    return START + timedelta(minutes=minute)


def arrival(uid: int, *, mailbox: MailboxId = SHOP, sender: str = "ann@example.com", content: str = "") -> Arrival:
    """Return the arrival of a mail; the same `content` is the same mail."""
    body = content or f"mail {uid}"
    content_hash = sha256(body.encode()).hexdigest()
    raw = RawEmail(
        mailbox_id=mailbox, uid_validity="1", uid=str(uid), received_at=at(uid), content=body.encode() + b"\xff\x00"
    )
    email = Email(
        subject=f"About {body}",
        from_address=Address(name="Ann", address=sender),
        message_id=f"<{content_hash[:12]}@example.com>",
        text=body,
        new_text=body,
    )
    return Arrival(
        raw=raw,
        cursor=f"cursor {uid}",
        email=email,
        content_hash=content_hash,
        email_id=EmailId(f"email-{content_hash[:12]}"),
        execution_id=ExecutionId(f"execution-{content_hash[:12]}"),
        workflow=SUPPORT,
        version=3,
        thread_ids=(),
        own_thread_ids=(),
        accepted_at=at(uid) + timedelta(seconds=30),
    )


def answering(mail: Arrival, *thread_ids: str, own: tuple[str, ...] = ()) -> Arrival:
    """Return `mail` as an answer to `thread_ids`, newest first; `own` are those we sent."""
    return replace(mail, thread_ids=thread_ids, own_thread_ids=own)


def carrying(mail: Arrival, *contents: bytes) -> Arrival:
    """Return `mail` with an attachment for each of `contents`."""
    kept = {sha256(content).hexdigest(): content for content in contents}
    named = tuple(
        Attachment(filename="a.bin", content_type="application/octet-stream", size_bytes=len(content), digest=digest)
        for digest, content in kept.items()
    )
    return replace(mail, email=replace(mail.email, attachments=named), attachments=kept)


def message_id(mail: Arrival) -> str:
    """Return the Message-ID of an arrival that has one."""
    assert mail.email.message_id is not None
    return mail.email.message_id


def execution(name: str, *, minute: int = 0, status: ExecutionStatus = ExecutionStatus.QUEUED) -> Execution:
    """Return an execution of the support workflow in its first run."""
    return Execution(
        id=ExecutionId(name),
        email_id=EmailId(f"email of {name}"),
        mailbox_id=SHOP,
        workflow=SUPPORT,
        version=3,
        status=status,
        run=1,
        final_state=None,
        created_at=at(minute),
        updated_at=at(minute),
    )


def event(name: str, kind: EventKind, *, node: str = "", attempt: int = 1, minute: int = 0) -> Event:
    """Return an event of an execution."""
    return Event(execution_id=ExecutionId(name), node_id=node, attempt=attempt, kind=kind, at=at(minute))


def review(name: str, *, rank: int = 1, minute: int = 0, execution_id: str = "execution-1") -> Review:
    """Return an open review with a draft."""
    return Review(
        id=ReviewId(name),
        kind=ReviewKind.DRAFT,
        execution_id=execution_id,
        node_id="ask",
        email_id=EmailId("email-1"),
        rank=rank,
        reason="unsure",
        draft=Draft(text="Dear Ann", language="en", probability=0.5, passages=(), responder="articles"),
        status=ReviewStatus.OPEN,
        created_at=at(minute),
    )


def decision(by: str, *, verdict: Verdict = Verdict.APPROVE) -> Decision:
    """Return a decision of a person."""
    return Decision(verdict=verdict, by=by, at=at(9), text="Dear Ann")


def reply(name: str, *, conversation: str = "conversation-1", version: int | None = None) -> Reply:
    """Return a pending reply; without a `version` a person approved it."""
    return Reply(
        id=ReplyId(name),
        email_id=EmailId("email-1"),
        mailbox_id=SHOP,
        conversation_id=ConversationId(conversation),
        outgoing=OutgoingEmail(
            message_id=f"<{name}@shop.example>",
            mail_from="shop@shop.example",
            recipient=Address(name="Ann", address="ann@example.com"),
            content=b"Subject: Re\r\n\r\nDear Ann \xe4\x00\r\n",
        ),
        conversation_version=version,
        automatic=version is not None,
        article_ids=("order_tracking", "refund_when"),
        created_at=at(0),
        updated_at=at(0),
    )


def record(name: str, *, result: str = "answered") -> Record:
    """Return the record of an execution."""
    return Record(
        execution_id=ExecutionId(name),
        email_id=EmailId(f"email of {name}"),
        mailbox_id=SHOP,
        workflow=SUPPORT,
        version=3,
        received_at=at(0),
        recorded_at=at(1),
        result=result,
        category="refund",
        category_probability=0.75,
        article_ids=("refund_when",),
    )


def workflow(slug: str, *, title: str = "Support") -> Workflow:
    """Return a workflow of two nodes, not saved yet."""
    return Workflow(
        slug=WorkflowSlug(slug),
        title=title,
        nodes=(
            Node(id=NodeId("trigger"), type="email_trigger"),
            Node(id=NodeId("log"), type="data_logger", config={"fields": ["category", {"deep": [1, 2.5, None, True]}]}),
        ),
        edges=(Edge(source=NodeId("trigger"), output="out", target=NodeId("log")),),
    )


def flagged(mail: Arrival, *, minute: int = 20) -> FlaggedAnswer:
    """Return the sign that an arrival was flagged as answered where it lies."""
    raw = mail.raw
    return FlaggedAnswer(mailbox_id=raw.mailbox_id, uid_validity=raw.uid_validity, uid=raw.uid, seen_at=at(minute))


def sent(
    name: str, *refers_to: str, minute: int = 20, mailbox: MailboxId = SHOP, to: tuple[str, ...] = ("ann@example.com",)
) -> SentAnswer:
    """Return the sign of a message in the Sent folder, `<name@desk.example>`, that answers `refers_to`."""
    return SentAnswer(
        mailbox_id=mailbox,
        message_id=f"<{name}@desk.example>",
        refers_to=refers_to,
        recipients=to,
        sent_at=at(minute),
        place=f"1/{name}",
    )


def mailbox(name: str, *, mode: Mode = Mode.AUTOMATIC) -> Mailbox:
    """Return a mailbox with a bit of everything."""
    return Mailbox(
        id=MailboxId(name),
        address=Address(name="Shop", address=f"{name}@shop.example"),
        workflow="support",
        mode=mode,
        aliases=("help@shop.example",),
        signatures={"de": "Viele Grüße", "*": "Best wishes"},
        opening_hours=(OpeningHours(weekday=0, opens=time(9), closes=time(17, 30)),),
        automatic_categories=("refund",),
        lists=Lists(never_answer=("@eve.example",)),
        caps=Caps(per_hour=7),
        connected_at=at(0),
    )


def account(name: str, *, family: AccountFamily = AccountFamily.RECEIVER) -> Account:
    """Return an account with plain values and one sealed secret."""
    return Account(
        family=family,
        name=name,
        kind="imap_smtp",
        values={"host": "mail.shop.example", "port": 993, "folders": ["INBOX", {"deep": [1.5, None, True]}]},
        sealed={"password": "v1:c2VhbGVk"},
        created_at=at(0),
        updated_at=at(1),
    )


def limit(scope: str, cap: int, *, minutes: int = 60, total: bool = False) -> Limit:
    """Return a limit over a window of `minutes`."""
    return Limit(scope=scope, cap=cap, window_seconds=minutes * 60, total=total)


def suppression(address: str, *, minute: int = 0) -> Suppression:
    """Return the suppression of an address that a reply bounced from."""
    return Suppression(address=address, reason="5.1.1 no such user", reply_id=ReplyId("r1"), at=at(minute))


def alarm(key: str, *, minute: int = 0) -> Alarm:
    """Return an alarm that nobody was told of yet."""
    return Alarm(key=key, title="A silent mailbox", text="Check its account.", raised_at=at(minute))
