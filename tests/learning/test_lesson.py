"""What each decision teaches, by table."""

import math
from dataclasses import replace

import pytest

from nodes.stage import DRAFT, Stage, classified, decided, open_stage
from postroom.learning.lesson import Asked, keep, lesson_of_audit, lesson_of_draft, lesson_of_stopped
from postroom.model.draft import Draft
from postroom.model.example import Origin
from postroom.model.review import Decision, ReviewId, Verdict

REVIEW = ReviewId("ex_1/human_review")
SKELETON = replace(DRAFT, passages=(), probability=0.1)


@pytest.fixture
async def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    async with open_stage(tmp_path_factory.mktemp("lesson")) as stage:
        return asked_on(stage)


def asked_on(stage: Stage, draft: Draft | None = DRAFT) -> Asked:
    return Asked(review_id=REVIEW, email=stage.context.stored, classification=classified(), draft=draft)


@pytest.mark.parametrize(
    ("decision", "category", "right", "used", "refused", "answer"),
    [
        (decided(Verdict.APPROVE, text=DRAFT.text), "returns", True, ("return_how",), (), ""),
        (replace(decided(), category="refund"), "refund", True, ("return_how",), (), ""),
        (decided(Verdict.EDIT), "returns", False, (), (), "A person's answer."),
        (replace(decided(Verdict.EDIT), category="refund"), "refund", False, (), (), "A person's answer."),
        # Sent as it was, whichever button was pressed.
        (decided(Verdict.EDIT, text=f"{DRAFT.text}\n"), "returns", True, ("return_how",), (), ""),
        (decided(Verdict.REJECT, text=""), "", False, (), ("return_how",), ""),
        (replace(decided(Verdict.REJECT, text=""), category="spam"), "spam", False, (), ("return_how",), ""),
    ],
)
async def test_a_decision_on_a_draft_becomes_an_example_and_a_judgement(
    asked: Asked,
    decision: Decision,
    category: str,
    *,
    right: bool,
    used: tuple[str, ...],
    refused: tuple[str, ...],
    answer: str,
) -> None:
    lesson = lesson_of_draft(asked, decision)
    assert lesson is not None
    example, judgement = lesson.example, lesson.judgement
    assert (example.category, example.article_ids, example.refused_ids, example.answer) == (
        category,
        used,
        refused,
        answer,
    )
    assert (str(example.id), example.origin, example.by, example.at) == (REVIEW, Origin.REVIEW, "ann", decision.at)
    assert (example.subject, example.text, example.language) == ("A return", "How do I return it?", "en")
    assert (example.email_id, example.mailbox_id) == (asked.email.id, asked.email.mailbox_id)
    assert judgement is not None
    assert (str(judgement.example_id), judgement.model, judgement.category) == (REVIEW, "fixed@1", "returns")
    assert (judgement.score, judgement.right, judgement.automatic) == (DRAFT.probability, right, False)


async def test_an_answer_from_elsewhere_says_nothing_about_the_draft(asked: Asked) -> None:
    assert lesson_of_draft(asked, decided(Verdict.ANSWERED_ELSEWHERE)) is None
    assert lesson_of_stopped(asked, decided(Verdict.ANSWERED_ELSEWHERE)) is None


async def test_a_skeleton_that_was_sent_unchanged_is_no_right_answer(asked: Asked) -> None:
    lesson = lesson_of_draft(replace(asked, draft=SKELETON), decided(Verdict.EDIT, text=SKELETON.text))
    assert lesson is not None
    assert lesson.judgement is not None
    assert not lesson.judgement.right


async def test_where_no_model_decided_there_is_an_example_but_no_judgement(asked: Asked) -> None:
    for changed in (replace(asked, draft=None), replace(asked, classification=None)):
        lesson = lesson_of_draft(changed, decided(Verdict.EDIT))
        assert lesson is not None
        assert lesson.judgement is None
        assert lesson.example.answer == "A person's answer."


@pytest.mark.parametrize(
    ("eligible", "answerable", "all_seen", "drawn", "sampled", "seen"),
    [
        (True, True, True, False, True, True),
        (True, True, False, True, True, True),
        (True, True, False, False, False, False),
        # What automation never touches proves nothing about what it does.
        (False, False, True, True, False, False),
        # What this one did not dare another may be sure of.
        (False, True, True, False, False, True),
        (False, True, False, True, False, True),
        (False, True, False, False, False, False),
    ],
)
async def test_what_is_no_fair_sample_is_marked(
    asked: Asked, *, eligible: bool, answerable: bool, all_seen: bool, drawn: bool, sampled: bool, seen: bool
) -> None:
    draft = replace(DRAFT, eligible=eligible, answerable=answerable, all_seen=all_seen)
    lesson = lesson_of_draft(replace(asked, draft=draft, drawn=drawn), decided())
    assert lesson is not None
    assert lesson.judgement is not None
    assert (lesson.judgement.sampled, lesson.judgement.seen) == (sampled, seen)


async def test_whether_mail_is_generated_is_what_it_was_when_the_draft_was_made(asked: Asked) -> None:
    for changed in (
        replace(asked, draft=replace(DRAFT, generated=True)),
        replace(asked, draft=None, generated=True),
    ):
        for lesson in (lesson_of_draft(changed, decided()), lesson_of_audit(changed, decided())):
            assert lesson is not None
            assert lesson.example.generated
            assert lesson.judgement is None or lesson.judgement.generated


@pytest.mark.parametrize(("probability", "score"), [(math.nan, 0.0), (math.inf, 0.0), (1.5, 1.0), (0.7, 0.7)])
async def test_what_is_no_number_is_the_lowest_score(asked: Asked, probability: float, score: float) -> None:
    lesson = lesson_of_draft(replace(asked, draft=replace(DRAFT, probability=probability)), decided())
    assert lesson is not None
    assert lesson.judgement is not None
    assert lesson.judgement.score == score


@pytest.mark.parametrize(
    ("verdict", "category", "right"), [(Verdict.APPROVE, "returns", True), (Verdict.REJECT, "", False)]
)
async def test_an_audit_judges_what_had_gone_out(asked: Asked, verdict: Verdict, category: str, *, right: bool) -> None:
    lesson = lesson_of_audit(asked, decided(verdict, text=""))
    assert (lesson.example.origin, lesson.example.category, lesson.example.answer) == (Origin.AUDIT, category, "")
    assert bool(lesson.example.article_ids) is right
    assert bool(lesson.example.refused_ids) is not right
    assert lesson.judgement is not None
    assert (lesson.judgement.automatic, lesson.judgement.right, lesson.judgement.sampled) == (True, right, True)


async def test_a_sure_draft_that_was_stopped_is_an_example_but_judges_nobody(asked: Asked) -> None:
    approved = lesson_of_stopped(asked, decided(Verdict.APPROVE, text=DRAFT.text))
    rejected = lesson_of_stopped(asked, decided(Verdict.REJECT, text=""))
    assert approved is not None
    assert rejected is not None
    assert (approved.example.category, approved.example.article_ids) == ("returns", ("return_how",))
    assert (rejected.example.category, rejected.example.refused_ids) == ("", ())
    assert approved.judgement is None
    assert rejected.judgement is None


async def test_a_lesson_that_is_kept_again_is_there_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    async with open_stage(tmp_path_factory.mktemp("again")) as stage:
        lesson = lesson_of_draft(asked_on(stage), decided())
        assert lesson is not None
        for _ in range(2):
            await keep(stage.stores, lesson)
        assert (await stage.stores.examples.list()).rows == (lesson.example,)
        assert await stage.stores.judgements.of_model("fixed@1") == (lesson.judgement,)
