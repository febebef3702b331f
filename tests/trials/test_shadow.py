"""Shadow: what a person answered to an e-mail that was only observed is kept beside the draft, once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.house import MAILBOX
from intake.scene import NOW, Scene, Signs, mail, open_scene
from nodes.stage import classified
from postroom.actions.shadow import shadow_summary
from postroom.actions.summary import Stretch
from postroom.errors import NotFoundError, TransientError
from postroom.intake.answers import AnswerWatch
from postroom.knowledge.articles import starter_shelf
from postroom.knowledge.search import ArticleSearch
from postroom.model.answer import Answer, SentAnswer
from postroom.model.email import MailboxId
from postroom.model.example import Example, ExampleId, Origin
from postroom.model.execution import ExecutionId, ExecutionStatus, FinalState, Outcome, Progress
from postroom.model.workflow import NodeId
from postroom.trials.shadow import ShadowKeeper
from postroom.trials.shadow_agreement import Agreement
from trials.answer_pairs import PAIRS, draft_of

AGREEMENT = Agreement(ArticleSearch(starter_shelf()))
DRAFT = draft_of(PAIRS[0], starter_shelf())
SAME, OTHER = PAIRS[0].answer, "The item will be back in stock in March, we write to you."
QUOTED = f"On Monday Ada wrote:\r\n> {DRAFT.text.splitlines()[0]}\r\n"


async def agreement() -> Agreement:
    return AGREEMENT


def answer(uid: int = 1, *, to: str = "ada@example.org", later_seconds: int = 60) -> SentAnswer:
    return SentAnswer(
        mailbox_id=MAILBOX.id,
        message_id=f"<answer-{uid}-{later_seconds}@shop.example>",
        refers_to=(f"<{uid}@example.org>",),
        recipients=(to,),
        sent_at=NOW + timedelta(seconds=later_seconds),
        place=f"7/{uid}",
    )


@dataclass
class Letters:
    """What the Sent folder holds; counts how often it is read."""

    text: str
    reads: int = 0

    async def read(self) -> bytes | None:
        self.reads += 1
        return f"From: support@lindenhof.example\r\nSubject: Re: Hi\r\n\r\n{self.text}\r\n".encode()


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_scene(tmp_path) as opened:
        yield opened


async def observe(scene: Scene, uid: int = 1, *, state: FinalState = FinalState.OBSERVED) -> ExampleId:
    """Accept a mail, end its execution as in mode observe, and return the id of its example to be."""
    (email_id,) = await scene.accept(mail(uid, message_id=f"<{uid}@example.org>"))
    execution = await scene.stores.executions.get(ExecutionId(f"ex_{email_id.removeprefix('em_')}"))
    outcomes = {
        NodeId("ai_classifier"): Outcome(output="classified", classification=classified()),
        NodeId("auto_responder"): Outcome(output="unsure", draft=DRAFT),
    }
    ended = replace(
        execution,
        status=ExecutionStatus.SUCCEEDED,
        final_state=state,
        progress=Progress(outcomes=outcomes, attempts={}, decisions={}),
    )
    assert await scene.stores.executions.settle(ended, ())
    return ExampleId(f"{execution.id}/elsewhere")


async def kept(scene: Scene, example_id: ExampleId) -> Example | None:
    try:
        return await scene.stores.examples.get(example_id)
    except NotFoundError:
        return None


async def test_an_answer_is_kept_without_what_it_quotes_and_heard_again_it_changes_nothing(scene: Scene) -> None:
    example_id = await observe(scene)
    keeper, letters = ShadowKeeper(scene.stores, agreement), Letters(f"{SAME}\r\n\r\n{QUOTED}")
    assert await keeper.hear(answer(), letters.read)
    example = await kept(scene, example_id)
    assert example is not None
    assert (example.origin, example.answer, example.category) == (Origin.ELSEWHERE, SAME, "")
    (judgement,) = await scene.stores.judgements.of_model("fixed@1")
    assert judgement.agreement == AGREEMENT.between(DRAFT, SAME)
    assert (judgement.right, judgement.category, judgement.automatic) == (True, "returns", False)
    # A guess by words must not let anything out.
    assert not judgement.sampled
    changes = await scene.stores.examples.changes()
    assert not await keeper.hear(answer(), letters.read)
    assert (await scene.stores.examples.changes(), letters.reads) == (changes, 1)


async def test_of_two_answers_the_later_one_stays(scene: Scene) -> None:
    example_id = await observe(scene)
    keeper = ShadowKeeper(scene.stores, agreement)
    assert await keeper.hear(answer(), Letters(SAME).read)
    assert await keeper.hear(answer(later_seconds=120), Letters(OTHER).read)
    assert not await keeper.hear(answer(), Letters(SAME).read)
    example = await kept(scene, example_id)
    assert example is not None
    assert example.answer == OTHER
    (judgement,) = await scene.stores.judgements.of_model("fixed@1")
    assert not judgement.right


@pytest.mark.parametrize("state", [FinalState.ANSWERED, FinalState.IN_REVIEW])
async def test_what_was_not_observed_is_not_even_read(scene: Scene, state: FinalState) -> None:
    await observe(scene, state=state)
    letters = Letters(SAME)
    assert not await ShadowKeeper(scene.stores, agreement).hear(answer(), letters.read)
    assert letters.reads == 0


async def test_a_forward_to_a_colleague_and_an_answer_to_nothing_known_are_none(scene: Scene) -> None:
    await observe(scene)
    letters = Letters(SAME)
    keeper = ShadowKeeper(scene.stores, agreement)
    assert not await keeper.hear(answer(to="bob@lindenhof.example"), letters.read)
    assert not await keeper.hear(answer(9), letters.read)
    assert letters.reads == 0


async def test_an_answer_that_is_gone_or_only_quotes_is_not_kept(scene: Scene) -> None:
    example_id = await observe(scene)

    async def gone() -> bytes | None:
        return None

    keeper = ShadowKeeper(scene.stores, agreement)
    assert not await keeper.hear(answer(), gone)
    assert not await keeper.hear(answer(), Letters(QUOTED).read)
    assert await kept(scene, example_id) is None


async def test_the_report_says_how_many_drafts_would_have_been_right(scene: Scene) -> None:
    for uid in (1, 2, 3):
        await observe(scene, uid)
    keeper = ShadowKeeper(scene.stores, agreement)
    await keeper.hear(answer(1), Letters(SAME).read)
    await keeper.hear(answer(2), Letters(OTHER).read)
    stretch = Stretch(since=NOW - timedelta(days=1), until=NOW + timedelta(days=1))
    report = await shadow_summary(scene.stores, scene.clock, ["fixed@1"], stretch)
    assert (report.observed, report.all.drafts, report.all.right) == (3, 2, 1)
    (returns,) = report.categories
    assert returns == replace(report.all, category="returns")
    assert returns.agreement == pytest.approx((AGREEMENT.between(DRAFT, SAME) + AGREEMENT.between(DRAFT, OTHER)) / 2)
    assert returns.right_at_least is not None
    assert 0 < returns.right_at_least < 0.5
    nothing = await shadow_summary(
        scene.stores, scene.clock, ["fixed@1"], replace(stretch, mailbox_id=MailboxId("other"))
    )
    assert (nothing.observed, nothing.all.drafts, nothing.all.right_share) == (0, 0, None)


class Reading(Signs):
    """A lookout that can also read what it saw."""

    failure: Exception | None = None

    async def sent_bytes(self, answer: SentAnswer) -> bytes | None:
        if self.failure:
            raise self.failure
        return await Letters(SAME).read()


async def test_the_watch_tells_of_each_answer_once_it_is_noted(scene: Scene) -> None:
    example_id = await observe(scene)
    keeper = ShadowKeeper(scene.stores, agreement)
    await AnswerWatch(Reading([[answer()]]), scene.stores, scene.clock, keeper.hear).look()
    assert await kept(scene, example_id) is not None


async def test_a_folder_that_cannot_be_read_disturbs_nobody(scene: Scene) -> None:
    example_id = await observe(scene)
    keeper = ShadowKeeper(scene.stores, agreement)
    seen: tuple[Answer, ...] = (answer(),)
    reading = Reading([seen])
    reading.failure = TransientError("away")
    assert await AnswerWatch(reading, scene.stores, scene.clock, keeper.hear).answers() == seen
    assert await kept(scene, example_id) is None
    assert await AnswerWatch(Signs([seen]), scene.stores, scene.clock, keeper.hear).answers() == seen
