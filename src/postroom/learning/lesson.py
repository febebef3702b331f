"""What a person's decision teaches: an example to learn from, and a judgement of the model that had decided.

Both carry ids made from the review's, so that writing them again changes nothing.
"""

import math
from dataclasses import dataclass, replace

from postroom.interfaces.stores import Stores
from postroom.model.article import ArticleId
from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.email import StoredEmail
from postroom.model.example import Example, ExampleId, Origin
from postroom.model.judgement import Judgement
from postroom.model.review import Decision, ReviewId, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person was asked about: the e-mail, how the machine had labelled it, and the draft or what was sent.

    `drawn` tells whether its execution belongs to the random share that people judge whatever comes of it, `generated`
    whether its mail is the made-up shop's, where there is no draft to say so.
    """

    review_id: ReviewId
    email: StoredEmail
    classification: Classification | None
    draft: Draft | None
    drawn: bool = False
    generated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What one decision teaches; no judgement where no model had decided anything."""

    example: Example
    judgement: Judgement | None


def lesson_of_draft(asked: Asked, decision: Decision) -> Lesson | None:
    """Return what the decision on a draft teaches; None where it says nothing about it (answered elsewhere)."""
    if decision.verdict is Verdict.ANSWERED_ELSEWHERE:
        return None
    unchanged = decision.verdict is Verdict.APPROVE or (
        asked.draft is not None and bool(asked.draft.passages) and decision.text.strip() == asked.draft.text.strip()
    )
    return _lesson(asked, decision, Origin.REVIEW, right=unchanged and decision.verdict is not Verdict.REJECT)


def lesson_of_audit(asked: Asked, decision: Decision) -> Lesson:
    """Return what the judgement of a reply that had gone out by itself teaches."""
    return _lesson(asked, decision, Origin.AUDIT, right=decision.verdict is Verdict.APPROVE)


def lesson_of_stopped(asked: Asked, decision: Decision) -> Lesson | None:
    """Return what the decision on a sure draft teaches that something stopped on its way out.

    Why it was not sent may be that the customer wrote again, or that the day's limit was reached: so it is no judgement
    of the draft, and a rejection refuses none of its articles.
    """
    found = lesson_of_draft(asked, decision)
    return found and Lesson(example=replace(found.example, refused_ids=()), judgement=None)


async def keep(stores: Stores, lesson: Lesson) -> None:
    """Write a lesson; again, it changes nothing. The example goes first: no judgement is without one."""
    await stores.examples.put([lesson.example])
    if lesson.judgement is not None:
        await stores.judgements.put([lesson.judgement])


def _lesson(asked: Asked, decision: Decision, origin: Origin, *, right: bool) -> Lesson:
    found = asked.classification
    rejected = decision.verdict is Verdict.REJECT
    edited = decision.verdict is Verdict.EDIT and not right
    confirmed = found.category.name if found and not rejected else ""
    used = _articles(asked.draft)
    example = Example(
        id=ExampleId(asked.review_id),
        origin=origin,
        subject=asked.email.email.subject,
        text=asked.email.email.new_text,
        language=found.language.name if found else "",
        category=decision.category or confirmed,
        by=decision.by,
        at=decision.at,
        article_ids=used if right else (),
        refused_ids=used if rejected else (),
        answer=decision.text if edited else "",
        email_id=asked.email.id,
        mailbox_id=asked.email.mailbox_id,
        generated=asked.draft.generated if asked.draft else asked.generated,
    )
    return Lesson(example=example, judgement=_judgement(asked, example, right=right))


def _judgement(asked: Asked, example: Example, *, right: bool) -> Judgement | None:
    if asked.classification is None or asked.draft is None:
        return None
    return Judgement(
        example_id=example.id,
        model=asked.classification.classifier,
        responder=asked.draft.responder,
        vote=asked.classification.vote,
        category=asked.classification.category.name,
        score=score_of(asked.draft),
        right=right,
        at=example.at,
        automatic=example.origin is Origin.AUDIT,
        mailbox_id=example.mailbox_id,
        sampled=example.origin is Origin.AUDIT or (asked.draft.eligible and _is_seen(asked)),
        seen=example.origin is Origin.AUDIT or (asked.draft.answerable and _is_seen(asked)),
        generated=example.generated,
    )


def score_of(draft: Draft) -> float:
    """Return the probability of a draft (0..1); 0 where that is no finite number."""
    return min(1.0, max(0.0, draft.probability)) if math.isfinite(draft.probability) else 0.0


def _is_seen(asked: Asked) -> bool:
    # Once the sure ones go out by themselves people see the others: only the same random share of those may count.
    return asked.drawn or (asked.draft is not None and asked.draft.all_seen)


def _articles(draft: Draft | None) -> tuple[ArticleId, ...]:
    return tuple(dict.fromkeys(passage.article_id for passage in draft.passages)) if draft else ()
