"""`/reviews`: the questions to people, and their decisions."""

from datetime import datetime
from typing import Annotated

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field

from postroom.actions import decide
from postroom.actions.conversations import letters
from postroom.actions.decide_rules import UNDECIDED
from postroom.actions.queue import ReviewSheet, queue_page, sheet
from postroom.actions.sequel import sequel
from postroom.api.access import Decider, Reader
from postroom.api.audit import note_detail
from postroom.api.emails import EmailBody, EmailRowBody, body_of, row_of
from postroom.api.letter import LetterBody, letter_body_of
from postroom.api.office import Office, OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import After, Limit, router
from postroom.api.written import NO_NUL, NOT_BLANK, Reason
from postroom.model.email import Address, EmailId
from postroom.model.page import Page
from postroom.model.review import Review, ReviewId, ReviewKind, ReviewStatus, Verdict
from postroom.model.user import Permission

ROUTER = router("/reviews", "reviews")

Statuses = Annotated[
    tuple[ReviewStatus, ...] | None,
    Query(alias="status", max_length=8, description="With one of these; without any: open and claimed ones."),
]
Kinds = Annotated[
    tuple[ReviewKind, ...] | None,
    Query(alias="kind", max_length=8, description="Of one of these; without any: of every kind."),
]

RightCategory = Annotated[
    str,
    Field(
        min_length=1,
        max_length=decide.MAX_CATEGORY_CHARS,
        pattern=NO_NUL,
        description="The right category, where the classifier was wrong: one that people keep, if they keep any.",
    ),
]


class QuestionBody(BaseModel):
    """A review without its draft: what is asked, by which execution, and who has it."""

    id: ReviewId
    kind: ReviewKind
    status: ReviewStatus
    rank: int = Field(description="The place in the queue: lowest first, 0 is urgent.")
    reason: str
    execution_id: str
    node_id: str
    email_id: EmailId
    claimed_by: str | None
    created_at: datetime
    has_draft: bool
    verdict: Verdict | None
    decided_by: str | None
    undo_until: datetime | None = Field(description="Until when who decided can undo it; null: it is final, or open.")


class ReviewRowBody(BaseModel):
    """A review as the queue shows it."""

    question: QuestionBody
    email: EmailRowBody
    recipient: Address | None = Field(description="Whom a reply would go to; null: it cannot be answered.")


class ReviewCountBody(BaseModel):
    """How many reviews there are in each status."""

    open: int
    claimed: int
    decided: int
    closed: int


class ReviewSheetBody(BaseModel):
    """All that a reviewer needs: the question with its draft, the e-mail, and what happened since."""

    review: Review
    email: EmailBody
    recipient: Address | None = Field(description="Whom a reply would go to; null: it cannot be answered.")
    newer: tuple[EmailRowBody, ...] = Field(description="E-mails that the draft does not know of, oldest first.")
    more_newer: bool = Field(description="Whether there may be more newer e-mails than these.")
    replies: tuple[LetterBody, ...] = Field(description="The replies of this execution, oldest first.")


class DecidedBody(BaseModel):
    """A review after a decision, and until when that can be undone (null: it is final)."""

    review: Review
    undo_until: datetime | None


class ApprovalForm(BaseModel):
    """Why it was approved, and what the e-mail is really about."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = ""
    category: RightCategory | None = None


class EditForm(BaseModel):
    """The reply to send in place of the draft."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(
        max_length=decide.MAX_TEXT_CHARS,
        pattern=NOT_BLANK,
        description="The whole text; signature and disclosure are added to it.",
    )
    reason: Reason = ""
    category: RightCategory | None = None


class RejectionForm(BaseModel):
    """Why nothing is sent, and what the e-mail is really about."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = ""
    category: RightCategory | None = None


@ROUTER.get("")
async def list_reviews(
    _caller: Reader,
    office: OfficeHere,
    status: Statuses = None,
    kind: Kinds = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[ReviewRowBody]:
    """List the queue: by rank, then oldest first."""
    statuses = status or UNDECIDED
    page = await queue_page(office.stores, statuses, kinds=kind or (), after=after, limit=limit)
    return Page(rows=tuple(_row_of(one) for one in page.rows), next_cursor=page.next_cursor)


@ROUTER.get("/count")
async def count_reviews(_caller: Reader, office: OfficeHere) -> ReviewCountBody:
    """Count the reviews in each status."""
    found = await office.stores.reviews.count()
    return ReviewCountBody.model_validate({status.value: found.get(status, 0) for status in ReviewStatus})


@ROUTER.post("/{review_id:path}/claim", responses=problems(404, 409))
async def claim_review(review_id: ReviewId, caller: Decider, office: OfficeHere) -> Review:
    """Take a review, so that nobody else decides it."""
    return await decide.claim(office.desk(caller), review_id)


@ROUTER.post("/{review_id:path}/release", responses=problems(404, 409))
async def release_review(review_id: ReviewId, caller: Decider, office: OfficeHere) -> Review:
    """Give a review back that you had claimed; an administrator gives back what anybody had."""
    if Permission.ADMINISTER in caller.permissions:
        return await decide.release_of_anybody(office.desk(caller), review_id)
    return await decide.release(office.desk(caller), review_id)


@ROUTER.post("/{review_id:path}/approve", responses=problems(404, 409))
async def approve_review(
    request: Request, review_id: ReviewId, caller: Decider, office: OfficeHere, body: ApprovalForm | None = None
) -> DecidedBody:
    """Send the draft as it is; try a failure again; send an uncertain reply again, so that it may arrive twice.

    Of a reply that is sent (`audit`) it says that it was right; nothing follows for the customer.
    """
    told = body or ApprovalForm()
    patience = await _patience_seconds(office)
    desk = office.desk(caller)
    decided = await decide.approve(
        desk, review_id, reason=told.reason, category=told.category, patience_seconds=patience
    )
    return await _answer(request, office, decided)


@ROUTER.post("/{review_id:path}/edit", responses=problems(404, 409))
async def edit_review(
    request: Request, review_id: ReviewId, body: EditForm, caller: Decider, office: OfficeHere
) -> DecidedBody:
    """Send another text in place of the draft."""
    patience = await _patience_seconds(office)
    desk = office.desk(caller)
    decided = await decide.edit(
        desk, review_id, text=body.text, reason=body.reason, category=body.category, patience_seconds=patience
    )
    return await _answer(request, office, decided)


@ROUTER.post("/{review_id:path}/reject", responses=problems(404, 409))
async def reject_review(
    request: Request, review_id: ReviewId, caller: Decider, office: OfficeHere, body: RejectionForm | None = None
) -> DecidedBody:
    """Send nothing; leave a failure, or an uncertain send, as it is.

    Of a reply that is sent (`audit`) it says that it was wrong; nothing follows for the customer.
    """
    told = body or RejectionForm()
    patience = await _patience_seconds(office)
    desk = office.desk(caller)
    decided = await decide.reject(
        desk, review_id, reason=told.reason, category=told.category, patience_seconds=patience
    )
    return await _answer(request, office, decided)


@ROUTER.post("/{review_id:path}/undo", responses=problems(404, 409))
async def undo_review(review_id: ReviewId, caller: Decider, office: OfficeHere) -> Review:
    """Take back your decision while that is possible; you then hold the review again."""
    return await decide.undo(office.desk(caller), review_id)


@ROUTER.get("/{review_id:path}", responses=problems(404))
async def get_review(review_id: ReviewId, _caller: Reader, office: OfficeHere) -> ReviewSheetBody:
    """Read one review: the question, the e-mail, the draft, and what happened since."""
    found = await sheet(office.stores, review_id)
    since = await sequel(office.stores, found)
    return ReviewSheetBody(
        review=found.review,
        email=body_of(found.email),
        recipient=found.recipient,
        newer=tuple(row_of(one) for one in since.newer),
        more_newer=since.more,
        replies=tuple(letter_body_of(one) for one in await letters(since.replies)),
    )


def question_of(review: Review) -> QuestionBody:
    """Return a review without its draft."""
    decision = review.decision
    return QuestionBody(
        id=review.id,
        kind=review.kind,
        status=review.status,
        rank=review.rank,
        reason=review.reason,
        execution_id=review.execution_id,
        node_id=review.node_id,
        email_id=review.email_id,
        claimed_by=review.claimed_by,
        created_at=review.created_at,
        has_draft=review.draft is not None,
        verdict=decision.verdict if decision else None,
        decided_by=decision.by if decision else None,
        undo_until=_undo_until(review),
    )


def _row_of(found: ReviewSheet) -> ReviewRowBody:
    return ReviewRowBody(question=question_of(found.review), email=row_of(found.email), recipient=found.recipient)


async def _answer(request: Request, office: Office, decided: Review) -> DecidedBody:
    office.wake()
    note_detail(request, await _destination(office, decided))
    return DecidedBody(review=decided, undo_until=_undo_until(decided))


async def _destination(office: Office, decided: Review) -> str:
    """Return whom a letter will go to, for the audit log: what was uploaded can name anybody as its sender."""
    about = f"about {decided.email_id}"
    writes = decided.decision is not None and decided.decision.verdict is not Verdict.REJECT
    if not writes or decided.kind in {ReviewKind.FAILURE, ReviewKind.AUDIT}:
        return about
    recipient = (await sheet(office.stores, decided.id)).recipient
    return f"to {recipient.address} {about}" if recipient else about


def _undo_until(review: Review) -> datetime | None:
    return review.decision.not_before if review.decision and review.status is ReviewStatus.DECIDED else None


async def _patience_seconds(office: Office) -> float:
    """Return how long a decision can be undone: as people set it, else as the settings say."""
    return (await office.preferences_in_force()).undo_seconds
