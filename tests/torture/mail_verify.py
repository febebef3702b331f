"""The verdict on a run over IMAP and SMTP: mail delivered, store, what the SMTP server kept, and the Sent folder."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from email.parser import BytesHeaderParser
from typing import TypeVar

from postroom.interfaces.stores import Stores
from postroom.model.email import EmailId
from postroom.model.execution import Execution, ExecutionStatus, FinalState
from postroom.model.ledger import EntryKind, LedgerEntry
from postroom.model.page import Page
from postroom.model.reply import Reply, ReplyState
from postroom.model.review import ReviewKind, ReviewStatus
from postroom.stores.sql.open import open_stores
from torture.mail_harness import MailTally, Scene
from torture.postman import Postbag
from torture.verify import Evidence, Lessons, Verdict, executions, judge, lessons

MESSAGE_ID = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"
MESSAGE_ID_FOUND = b"BODY[HEADER.FIELDS (MESSAGE-ID)]"
Row = TypeVar("Row")
UNDECIDED = (ReviewStatus.OPEN, ReviewStatus.CLAIMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFigures:
    """The figures that only a run over IMAP and SMTP has.

    `accepted` are the messages that the SMTP server kept, `unconfirmed` those of them whose answer never reached
    Postroom: each must be uncertain and before a person (`unconfirmed_elsewhere` are those that are not).
    `rows_wrong` are rows of the outbox that say something else than what happened. `sent_copies_missing`, `…_doubled`
    and `…_untrue` (of what was not sent) are about the Sent folder. `history` is mail from before the mailbox was
    connected; it must have no execution. `in_no_state` is mail that is in no final state or not in the ledger.
    `troubles` counts the lives in which a server was set to fail, `uid_validities` the names the folder's UIDs had.
    """

    accepted: int
    unconfirmed: int
    unconfirmed_elsewhere: int
    rows_wrong: int
    failed: int
    parked: int
    history: int
    history_missing: int
    history_executed: int
    in_no_state: int
    sent_copies: int
    sent_copies_missing: int
    sent_copies_doubled: int
    sent_copies_untrue: int
    stops: int
    troubles: int
    uid_validities: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailVerdict:
    """The verdict in the words of the spine's run, and the figures of mail; `ok` says whether both are right."""

    spine: Verdict
    mail: MailFigures
    ok: bool

    def figures(self) -> dict[str, object]:
        """Return all figures as one object."""
        return {**asdict(self.spine), **asdict(self.mail), "ok": self.ok}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What store and mailbox say in the end; `copies` are the Message-IDs in the Sent folder."""

    executions: Mapping[EmailId, Execution]
    entries: Sequence[LedgerEntry]
    replies: Sequence[Reply]
    asked_about: frozenset[str]
    copies: Counter[str]
    lessons: Lessons


def verify_mail(scene: Scene) -> MailVerdict:
    """Return the verdict on a run that has come to rest, while its servers still run."""
    found = asyncio.run(_found(scene))
    tally, bag = scene.tally, scene.postman.bag
    evidence = Evidence(
        mails=bag.new,
        twice=bag.twice,
        executions=found.executions,
        accepted=Counter(one.in_reply_to for one in tally.kept),
        uncertain=sum(reply.state is ReplyState.UNCERTAIN for reply in found.replies),
        lessons=found.lessons,
        doubts=tally.begun - tally.answered,
    )
    spine = judge(tally.kills, evidence)
    mail = _figures(found, tally, bag)
    wrong = (
        mail.unconfirmed_elsewhere,
        mail.rows_wrong,
        mail.parked,
        mail.history_missing,
        mail.history_executed,
        mail.in_no_state,
        mail.sent_copies_missing,
        mail.sent_copies_doubled,
        mail.sent_copies_untrue,
    )
    return MailVerdict(spine=spine, mail=mail, ok=spine.ok and not any(wrong))


async def _found(scene: Scene) -> _Found:
    stores = await open_stores(f"sqlite:///{scene.life.folder / 'store.sqlite'}")
    try:
        return _Found(
            executions=await executions(stores),
            entries=await _all(lambda after: stores.ledger.entries(after=after)),
            replies=await _all(lambda after: stores.outbox.list(after=after)),
            asked_about=await _asked_about(stores),
            copies=await asyncio.to_thread(_copies, scene),
            lessons=await lessons(stores),
        )
    finally:
        await stores.connection.close()


def _figures(found: _Found, tally: MailTally, bag: Postbag) -> MailFigures:
    rows = {reply.outgoing.message_id: reply for reply in found.replies}
    kept = Counter(one.message_id for one in tally.kept)
    unconfirmed = {message_id for message_id in kept if message_id not in tally.confirmed}
    sent = {message_id for message_id, reply in rows.items() if reply.state is ReplyState.SENT}
    kinds: dict[EmailId | None, set[EntryKind]] = {}
    for entry in found.entries:
        kinds.setdefault(entry.email_id, set()).add(entry.kind)
    states = [found.executions[email_id].final_state for email_id in bag.new if email_id in found.executions]
    return MailFigures(
        accepted=sum(kept.values()),
        unconfirmed=len(unconfirmed),
        unconfirmed_elsewhere=sum(not _is_before_a_person(rows.get(one), found) for one in unconfirmed),
        rows_wrong=sum(not _is_true(reply, kept[message_id]) for message_id, reply in rows.items())
        + len(set(kept) - set(rows)),
        failed=states.count(FinalState.FAILED),
        parked=sum(reply.state in {ReplyState.PENDING, ReplyState.SENDING} for reply in found.replies),
        history=sum(EntryKind.HISTORY in kinds.get(email_id, set()) for email_id in bag.old),
        history_missing=sum(email_id not in kinds for email_id in bag.old),
        history_executed=len(set(bag.old) & set(found.executions)),
        in_no_state=sum(
            email_id not in kinds or email_id not in found.executions or found.executions[email_id].final_state is None
            for email_id in bag.new
        ),
        sent_copies=sum(found.copies.values()),
        sent_copies_missing=len(sent - set(found.copies)),
        sent_copies_doubled=sum(count - 1 for count in found.copies.values()),
        sent_copies_untrue=len(set(found.copies) - sent),
        stops=tally.stops,
        troubles=sum(tally.troubles.values()),
        uid_validities=len({entry.uid_validity for entry in found.entries}),
    )


def _is_true(reply: Reply, kept: int) -> bool:
    """Return whether a row says what happened: sent means kept once, uncertain at most once, all else never."""
    if reply.state is ReplyState.SENT:
        return kept == 1
    return kept <= (reply.state is ReplyState.UNCERTAIN)


def _is_before_a_person(reply: Reply | None, found: _Found) -> bool:
    if reply is None or reply.state is not ReplyState.UNCERTAIN:
        return False
    execution = found.executions.get(reply.email_id)
    return (
        execution is not None
        and execution.status is ExecutionStatus.WAITING
        and execution.final_state is FinalState.UNCERTAIN
        and execution.id in found.asked_about
    )


async def _asked_about(stores: Stores) -> frozenset[str]:
    """Return the executions about whose uncertain send a person is asked."""
    reviews = await _all(lambda after: stores.reviews.list(statuses=UNDECIDED, after=after))
    return frozenset(review.execution_id for review in reviews if review.kind is ReviewKind.UNCERTAIN_SEND)


async def _all(page_after: Callable[[str | None], Awaitable[Page[Row]]]) -> list[Row]:
    found: list[Row] = []
    after: str | None = None
    while True:
        page = await page_after(after)
        found.extend(page.rows)
        after = page.next_cursor
        if after is None:
            return found


def _copies(scene: Scene) -> Counter[str]:
    """Return how often each Message-ID lies in the Sent folder."""
    with scene.peers.dovecot.session(scene.user) as session:
        session.select_folder("Sent", readonly=True)
        uids: list[int] = session.search("ALL")
        fetched: dict[int, dict[bytes, bytes]] = session.fetch(uids, [MESSAGE_ID]) if uids else {}
    headers = [BytesHeaderParser().parsebytes(one[MESSAGE_ID_FOUND]) for one in fetched.values()]
    return Counter("".join(str(header["Message-ID"]).split()) for header in headers)
