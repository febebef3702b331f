"""A review: a question to a person, and the person's decision."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from postroom.model.draft import Draft
from postroom.model.email import EmailId

ReviewId = NewType("ReviewId", str)


class ReviewKind(StrEnum):
    """What is asked: approve a draft, look at a failed execution, settle an uncertain send, judge a reply that is sent.

    Nothing waits for the decision on an audit, and nothing is ever sent because of it.
    """

    DRAFT = "draft"
    FAILURE = "failure"
    UNCERTAIN_SEND = "uncertain_send"
    AUDIT = "audit"


AUDIT_RANK = 4
"""The rank of audits alone: behind everything that a customer waits for, and never reminded of."""


class ReviewStatus(StrEnum):
    """Where a review stands; `decided` ones are continued by the engine, once."""

    OPEN = "open"
    CLAIMED = "claimed"
    DECIDED = "decided"
    CLOSED = "closed"


class Verdict(StrEnum):
    """What a person decided. For a failure `approve` tries again; for an uncertain send it sends again on purpose.

    For an audit `approve` says that the reply was right, `reject` that it was wrong.
    `answered_elsewhere` is noted, not decided: a person answered outside Postroom, so nothing is sent.
    """

    APPROVE = "approve"
    EDIT = "edit"
    REJECT = "reject"
    ANSWERED_ELSEWHERE = "answered_elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A person's decision; `text` is the reply to send (the draft's own where it was approved unchanged).

    `category` is what the e-mail is really about, None where the person did not say.
    Until `not_before` (UTC) who made it can take it back, and nothing follows from it; None: it is final.
    """

    verdict: Verdict
    by: str
    at: datetime
    text: str = ""
    reason: str = ""
    category: str | None = None
    not_before: datetime | None = None

    @property
    def final(self) -> bool:
        """Whether nobody can take it back any more, so that it may be carried out."""
        return self.not_before is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A question to a person.

    `rank` orders the queue, lowest first, then oldest first; rank 0 (urgent, failed, uncertain) is reminded of.
    `execution_id` and `node_id` say what waits for it. `reminded_at` is when its notifier last spoke. `told` are the
    ids of replies of other executions to the same e-mail that whoever decides is told of.
    """

    id: ReviewId
    kind: ReviewKind
    execution_id: str
    node_id: str
    email_id: EmailId
    rank: int
    reason: str
    draft: Draft | None
    status: ReviewStatus
    claimed_by: str | None = None
    decision: Decision | None = None
    created_at: datetime
    reminded_at: datetime | None = None
    told: tuple[str, ...] = ()

    @property
    def final_decision(self) -> Decision | None:
        """The decision that counts: None while there is none, or one that can be taken back."""
        return self.decision if self.decision is not None and self.decision.final else None
