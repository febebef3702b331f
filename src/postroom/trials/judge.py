"""Judges a demo: what became of generated mail, compared with what is known of it because it was made. Pure.

Everything is counted from evidence: what the mailbox gave, what ledger and store hold, and the messages that really lie
in the outbox folder. Mails are matched to what is stored by the hash of their content.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from postroom.model.email import EmailId
from postroom.model.execution import Execution, FinalState
from postroom.model.ledger import EntryKind, LedgerEntry
from postroom.model.reply import Reply, ReplyState
from postroom.providers.mock.truth import Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A mail that the mailbox gave: its place, its hash, what its maker knows, and who may get the answer.

    `answer_paragraphs` are those of the right article in the customer's language (none where no article answers).
    """

    uid_validity: str
    uid: str
    content_hash: str
    message_id: str | None
    truth: Truth
    recipients: frozenset[str]
    answer_paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message in the outbox folder, as read from its bytes."""

    message_id: str | None
    in_reply_to: str | None
    recipients: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeEvidence:
    """All that a judgement rests on. `hashes`, `categories` and `accepted_at` are of stored e-mails."""

    posted: Sequence[Posted]
    entries: Sequence[LedgerEntry]
    executions: Sequence[Execution]
    replies: Sequence[Reply]
    messages: Sequence[Message]
    hashes: Mapping[EmailId, str]
    categories: Mapping[EmailId, str]
    accepted_at: Mapping[EmailId, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """The 50th and the 95th percentile, in seconds."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReport:
    """What a demo came to.

    `received` are the entries of the ledger; each is in one of the seven states that follow. `urgent` and `answerable`
    are counted by the truth of the generator. `lost` are mails of the mailbox without ledger entry or final state, and
    answered ones whose message is not in the folder; `duplicated` are messages and executions beyond the first.
    """

    received: int
    answered: int
    in_review: int
    ignored_automatic: int
    failed: int
    uncertain: int
    quarantined: int
    cancelled: int
    urgent: int
    answerable: int
    answered_wrong: int
    machines_answered: int
    lost: int
    duplicated: int
    seconds: float
    emails_per_second: float
    first_reply_seconds: Percentiles | None


def judge(evidence: JudgeEvidence, *, seconds: float) -> DemoReport:
    """Return the report on a demo that took `seconds`."""
    states = Counter(final_state_of(entry) for entry in evidence.entries)
    messages, strays = _messages_by_hash(evidence)
    places = {(entry.uid_validity, entry.uid): entry for entry in evidence.entries}
    per_email = Counter(execution.email_id for execution in evidence.executions)
    beyond_first = sum(len(found) - 1 for found in messages.values()) + sum(per_email.values()) - len(per_email)
    return DemoReport(
        received=len(evidence.entries),
        answered=states[FinalState.ANSWERED],
        in_review=states[FinalState.IN_REVIEW],
        ignored_automatic=states[FinalState.IGNORED_AUTOMATIC],
        failed=states[FinalState.FAILED],
        uncertain=states[FinalState.UNCERTAIN],
        quarantined=states[FinalState.QUARANTINED],
        cancelled=states[FinalState.CANCELLED],
        urgent=sum(posted.truth.priority == "urgent" for posted in evidence.posted),
        answerable=sum(posted.truth.answerable for posted in evidence.posted),
        answered_wrong=len(wrong_answers(evidence)),
        machines_answered=sum(posted.truth.machine and posted.content_hash in messages for posted in evidence.posted),
        lost=sum(_is_lost(posted, places, evidence.hashes, messages) for posted in evidence.posted),
        duplicated=beyond_first + strays,
        seconds=round(seconds, 3),
        emails_per_second=round(len(evidence.entries) / seconds, 2) if seconds else 0.0,
        first_reply_seconds=_first_reply(evidence),
    )


def wrong_answers(evidence: JudgeEvidence) -> dict[str, str]:
    """Return, by content hash, why a mail should not have been answered as it was."""
    messages, _ = _messages_by_hash(evidence)
    categories = {evidence.hashes[email_id]: name for email_id, name in evidence.categories.items()}
    found: dict[str, str] = {}
    for posted in evidence.posted:
        for message in messages.get(posted.content_hash, ()):
            reason = _fault(posted, message, categories.get(posted.content_hash))
            if reason is not None:
                found[posted.content_hash] = reason
    return found


def final_state_of(entry: LedgerEntry) -> FinalState | None:
    """Return what became of the mail in one place of the mailbox, None while it is under way."""
    return FinalState.QUARANTINED if entry.kind is EntryKind.QUARANTINED else entry.final_state


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile of `values` (not empty); `share` is in 0..1."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _messages_by_hash(evidence: JudgeEvidence) -> tuple[dict[str, list[Message]], int]:
    """Return the messages of the folder by the mail they answer, and how many answer none."""
    by_reply = {reply.outgoing.message_id: evidence.hashes.get(reply.email_id) for reply in evidence.replies}
    by_answered = {posted.message_id: posted.content_hash for posted in evidence.posted if posted.message_id}
    found: dict[str, list[Message]] = defaultdict(list)
    strays = 0
    for message in evidence.messages:
        content_hash = by_reply.get(message.message_id or "") or by_answered.get(message.in_reply_to or "")
        if content_hash is None:
            strays += 1
        else:
            found[content_hash].append(message)
    return dict(found), strays


def _fault(posted: Posted, message: Message, category: str | None) -> str | None:
    truth = posted.truth
    if not truth.answerable:
        return f"nobody but a person could answer it ({truth.kind})"
    if category != truth.category:
        return f"taken for {category}, it is {truth.category}"
    text = _plain(message.text)
    if not posted.answer_paragraphs or any(_plain(part) not in text for part in posted.answer_paragraphs):
        return f"not the article {truth.article_id} in {truth.language}"
    if len(message.recipients) != 1 or message.recipients[0].casefold() not in posted.recipients:
        return "sent to somebody else"
    return None


def _is_lost(
    posted: Posted,
    places: Mapping[tuple[str, str], LedgerEntry],
    hashes: Mapping[EmailId, str],
    messages: Mapping[str, Sequence[Message]],
) -> bool:
    entry = places.get((posted.uid_validity, posted.uid))
    if entry is None or final_state_of(entry) is None:
        return True
    if entry.kind is EntryKind.QUARANTINED:
        return False
    if entry.email_id is None or hashes.get(entry.email_id) != posted.content_hash:
        return True
    return entry.final_state is FinalState.ANSWERED and posted.content_hash not in messages


def _first_reply(evidence: JudgeEvidence) -> Percentiles | None:
    waits = [
        (reply.updated_at - evidence.accepted_at[reply.email_id]).total_seconds()
        for reply in evidence.replies
        if reply.state is ReplyState.SENT and reply.email_id in evidence.accepted_at
    ]
    if not waits:
        return None
    return Percentiles(p50=round(percentile(waits, 0.5), 3), p95=round(percentile(waits, 0.95), 3))


def _plain(text: str) -> str:
    return " ".join(text.split())
