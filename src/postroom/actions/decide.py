"""Decisions on reviews: claim, approve, edit, reject. The engine carries them out.

With `patience_seconds` whoever decides can `undo` it for so long; without, it is final at once.
"""

import difflib
from dataclasses import replace
from datetime import timedelta

from postroom.actions.categories import categories, known_categories
from postroom.actions.decide_rules import (
    require_answerable,
    require_mailbox,
    require_status,
    require_undecided,
    require_undoable,
    too_late,
)
from postroom.actions.desk import Desk
from postroom.errors import ConflictError, InputError
from postroom.knowledge.letter import EMPTY_SPACE
from postroom.learning.audit import conclude_audit
from postroom.model.execution import ExecutionStatus
from postroom.model.review import Decision, Review, ReviewId, ReviewKind, Verdict

MAX_TEXT_CHARS = 100_000
MAX_CATEGORY_CHARS = 100
_SUBJECTS = {
    ReviewKind.FAILURE: "a failure",
    ReviewKind.UNCERTAIN_SEND: "an uncertain send",
    ReviewKind.AUDIT: "a reply that is sent",
}
_UNDER_WAY = frozenset({ExecutionStatus.WAITING, ExecutionStatus.PAUSED, ExecutionStatus.RUNNING})
# What became of a reply is asked on after its execution was cancelled: somebody has looked, and nothing follows.
_LET_BE = _UNDER_WAY | {ExecutionStatus.CANCELLED}


async def claim(desk: Desk, review_id: ReviewId) -> Review:
    """Return the review, now claimed by who acts; others cannot decide it any more.

    Raises:
        NotFoundError: there is none. ConflictError: somebody else has it, or it is decided.
    """
    review = await desk.stores.reviews.get(review_id)
    require_undecided(review, by=desk.by)
    if not await desk.stores.reviews.claim(review_id, by=desk.by):
        await _tell_why(desk, review_id)
    return await desk.stores.reviews.get(review_id)


async def release(desk: Desk, review_id: ReviewId) -> Review:
    """Return the review, which who acts had claimed, open again for everybody.

    Raises:
        NotFoundError: there is none. ConflictError: who acts has not claimed it.
    """
    review = await desk.stores.reviews.get(review_id)
    require_undecided(review, by=desk.by)
    if not await desk.stores.reviews.release(review_id, by=desk.by):
        raise ConflictError(f"The review {review_id!r} is not claimed by you.", hint="There is nothing to give back.")
    return await desk.stores.reviews.get(review_id)


async def release_of_anybody(desk: Desk, review_id: ReviewId) -> Review:
    """Return the review open again for everybody, whoever had claimed it: for who answers for the whole team.

    Raises:
        NotFoundError: there is none. ConflictError: nobody has claimed it.
    """
    review = await desk.stores.reviews.get(review_id)
    return await release(replace(desk, by=review.claimed_by or desk.by), review_id)


async def approve(
    desk: Desk, review_id: ReviewId, *, reason: str = "", category: str | None = None, patience_seconds: float = 0
) -> Review:
    """Return the review with the decision to send its draft.

    For a failure it means to try again, for an uncertain send to send again, so that the customer may get it twice. For
    an audit it says that the reply was right. `category` is what the e-mail is really about, where the classifier was
    wrong.

    Raises:
        NotFoundError: there is none. ConflictError: it is decided, held by another, its mailbox is gone, or it cannot
        be approved as it is. InputError: there is no such category.
    """
    review = await _undecided(desk, review_id)
    wanted = await _category(desk, category)
    if review.kind is not ReviewKind.AUDIT:
        await require_mailbox(desk, review)
    text = ""
    match review.kind:
        case ReviewKind.DRAFT:
            if review.draft is None or not review.draft.passages:
                raise ConflictError(
                    f"The review {review_id!r} has no draft that could be sent as it is.",
                    hint="Write an answer with `edit`, or `reject` it.",
                )
            await require_answerable(desk, review.email_id)
            text = review.draft.text
        case ReviewKind.UNCERTAIN_SEND:
            await require_answerable(desk, review.email_id)
        case ReviewKind.FAILURE:
            await require_status(desk, review, frozenset({ExecutionStatus.FAILED}), "try it again")
    decision = replace(_decision(desk, Verdict.APPROVE, text=text, reason=reason), category=wanted)
    return await _decide(desk, review, decision, patience_seconds)


async def edit(  # noqa: PLR0913 - what a person says about one review.
    desk: Desk,
    review_id: ReviewId,
    *,
    text: str,
    reason: str = "",
    category: str | None = None,
    patience_seconds: float = 0,
) -> Review:
    """Return the review with the decision to send `text` in place of its draft.

    `category` is what the e-mail is really about, where the classifier was wrong.

    Raises:
        NotFoundError: there is none. InputError: `text` is empty or too long, or there is no such category.
        ConflictError: it is decided, held by another, its mailbox is gone, or nothing is to be written in it.
    """
    review = await _undecided(desk, review_id)
    if review.kind is not ReviewKind.DRAFT:
        raise ConflictError(
            f"The review {review_id!r} asks about {_subject(review.kind)}: there is no text to edit.",
            hint="`approve` or `reject` it.",
        )
    if not text.strip():
        raise InputError("The text of the reply is empty.", hint="Write something, or `reject` the review.")
    if len(text) > MAX_TEXT_CHARS:
        raise InputError(f"The text of the reply is longer than {MAX_TEXT_CHARS} characters.", hint="Shorten it.")
    if EMPTY_SPACE in text:
        raise InputError(f"The reply still holds the empty space {EMPTY_SPACE!r}.", hint="Fill it.")
    await require_mailbox(desk, review)
    await require_answerable(desk, review.email_id)
    wanted = await _category(desk, category)
    decision = replace(_decision(desk, Verdict.EDIT, text=text, reason=reason), category=wanted)
    return await _decide(desk, review, decision, patience_seconds)


async def reject(
    desk: Desk, review_id: ReviewId, *, reason: str = "", category: str | None = None, patience_seconds: float = 0
) -> Review:
    """Return the review with the decision to send nothing, to leave a failure as it is, or to let an uncertain send be.

    For an audit it says that the reply was wrong. `category` is what the e-mail is really about, where the classifier
    was wrong.

    Raises:
        NotFoundError: there is none. ConflictError: it is decided, or held by another. InputError: there is no such
        category.
    """
    review = await _undecided(desk, review_id, where=_LET_BE)
    wanted = await _category(desk, category)
    decision = replace(_decision(desk, Verdict.REJECT, reason=reason), category=wanted)
    return await _decide(desk, review, decision, patience_seconds)


async def undo(desk: Desk, review_id: ReviewId) -> Review:
    """Return the review, claimed by who acts, without the decision that they had made.

    Raises:
        NotFoundError: there is none. ConflictError: it is not decided, by another, or final.
    """
    review = await desk.stores.reviews.get(review_id)
    require_undoable(desk, review)
    if not await desk.stores.reviews.undo(review_id, by=desk.by):
        # What was seen above has changed meanwhile: the engine took it, or the same person undid it already.
        require_undoable(desk, await desk.stores.reviews.get(review_id))
        raise too_late(review_id)
    return await desk.stores.reviews.get(review_id)


async def _undecided(desk: Desk, review_id: ReviewId, *, where: frozenset[ExecutionStatus] = _UNDER_WAY) -> Review:
    review = await desk.stores.reviews.get(review_id)
    require_undecided(review, by=desk.by)
    if review.kind not in {ReviewKind.FAILURE, ReviewKind.AUDIT}:
        await require_status(desk, review, where, "decide this" if where == _LET_BE else "send this")
    return review


async def _decide(desk: Desk, review: Review, decision: Decision, patience_seconds: float) -> Review:
    if patience_seconds > 0:
        decision = replace(decision, not_before=decision.at + timedelta(seconds=patience_seconds))
    if not await desk.stores.reviews.decide(review.id, decision):
        await _tell_why(desk, review.id)
    if review.kind is ReviewKind.AUDIT:
        # Nothing waits for it, so it needs no engine; what cannot be concluded yet is, by that, when it can.
        await conclude_audit(desk.stores, review.id)
    return await desk.stores.reviews.get(review.id)


async def _category(desk: Desk, name: str | None) -> str | None:
    """Return the category that a person names; None where they name none.

    Raises:
        InputError: people keep categories, and it is neither one of them nor one that the classifier tells apart.
    """
    if name is None or not name.strip():
        return None
    wanted = name.strip()
    known = await known_categories(desk.stores) if await categories(desk.stores) else ()
    if known and wanted not in known:
        near = difflib.get_close_matches(wanted, known, n=1)
        raise InputError(
            f"There is no category {wanted[:100]!r}" + (f"; did you mean {near[0]!r}?" if near else "."),
            hint=f"Known are: {', '.join(known)}. Another one must be added first.",
        )
    if len(wanted) > MAX_CATEGORY_CHARS:
        raise InputError(f"A category has at most {MAX_CATEGORY_CHARS} characters.", hint="Shorten it.")
    return wanted


async def _tell_why(desk: Desk, review_id: ReviewId) -> None:
    # Somebody was faster between the look and the act.
    require_undecided(await desk.stores.reviews.get(review_id), by=desk.by)
    raise ConflictError(f"The review {review_id!r} changed meanwhile.", hint="Look at it again.")


def _decision(desk: Desk, verdict: Verdict, *, text: str = "", reason: str = "") -> Decision:
    return Decision(verdict=verdict, by=desk.by, at=desk.clock.now(), text=text, reason=reason)


def _subject(kind: ReviewKind) -> str:
    return _SUBJECTS.get(kind, "a draft")
