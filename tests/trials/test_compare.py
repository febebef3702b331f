from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

import pytest

from postroom.model.article import ArticleId
from postroom.model.workflow import NodeId
from postroom.trials.backtest_tried import Fate, NodeTrace, Tried
from postroom.trials.compare import END, FIRST_CHARS, ComparePlan, CompareSide, compare, flip_between
from postroom.trials.past_mail import PastEmail
from postroom.trials.terms import Terms
from trials.past import START
from trials.test_backtest_results import ONE


def trace(node_id: str, output: str, category: str = "", *articles: str) -> NodeTrace:
    return NodeTrace(
        node_id=NodeId(node_id),
        output=output,
        category=category,
        article_ids=tuple(ArticleId(one) for one in articles),
    )


def tried(*nodes: NodeTrace, fate: Fate = Fate.ANSWERED) -> Tried:
    return replace(ONE, nodes=nodes, fate=fate)


BEFORE = tried(trace("classify", "done", "returns"), trace("route", "common"), trace("answer", "sure", "", "a"))


def test_what_decides_alike_does_not_flip() -> None:
    assert flip_between(BEFORE, BEFORE) is None
    surer = replace(BEFORE, category_probability=0.99, reply="Hello")
    assert flip_between(BEFORE, surer) is None


@pytest.mark.parametrize(
    ("after", "flip"),
    [
        (tried(trace("classify", "done", "refund"), trace("route", "common")), ("classify", "returns", "refund")),
        (tried(*BEFORE.nodes[:1], trace("route", "complex"), fate=Fate.PERSON), ("route", "common", "complex")),
        (tried(*BEFORE.nodes[:2], trace("answer", "sure", "", "b")), ("answer", "a", "b")),
        (tried(*BEFORE.nodes[:2], trace("answer", "unsure")), ("answer", "sure / a", "unsure / no article")),
        (tried(*BEFORE.nodes, fate=Fate.PERSON), (END, "answered", "person")),
    ],
)
def test_the_first_node_that_ends_otherwise_counts(after: Tried, flip: tuple[str, str, str]) -> None:
    found = flip_between(BEFORE, after)
    assert found is not None
    assert (found.node_id, found.before, found.after) == flip


def test_a_node_that_only_one_side_has_is_no_flip() -> None:
    assert flip_between(BEFORE, tried(trace("new", "through"), *BEFORE.nodes)) is None


def test_a_flip_shows_the_first_words_of_the_mail_without_addresses() -> None:
    asked = replace(BEFORE, subject="Of ann@example.org", question="I am\nann@example.org. " + "Where is it? " * 50)
    found = flip_between(asked, replace(asked, fate=Fate.PERSON))
    assert found is not None
    assert found.subject == "Of [EMAIL_1]"
    assert found.first_words.startswith("I am [EMAIL_1]. Where is it?")
    assert len(found.first_words) == FIRST_CHARS
    assert found.first_words.endswith("…")


async def test_flips_are_listed_change_by_change_and_both_sides_say_what_their_figures_are_worth() -> None:
    rows = [PastEmail(key=f"{index:02}", content=b"", received_at=START) for index in range(3)]
    terms = Terms(mailbox_id="support", switched_on=())

    class Rows:
        name = "past"

        async def count(self) -> int:
            return len(rows)

        async def emails(self) -> AsyncGenerator[PastEmail, None]:
            for one in rows:
                yield one

    async def before(emails: Sequence[PastEmail]) -> Sequence[Tried]:
        return [replace(BEFORE, key=one.key) for one in emails]

    async def after(emails: Sequence[PastEmail]) -> Sequence[Tried]:
        fates = {"00": Fate.ANSWERED, "01": Fate.PERSON, "02": Fate.PERSON}
        return [replace(BEFORE, key=one.key, fate=fates[one.key], learnt=True) for one in emails]

    async def told(done: int, total: int) -> None:
        del done, total

    plan = ComparePlan(
        mail=Rows(),
        before=CompareSide(name="a", rehearse=before, terms=terms),
        after=CompareSide(name="model:b", rehearse=after, terms=terms),
    )
    report = await compare(plan, told)
    assert [(change.node_id, [flip.key for flip in flips]) for change, flips in report.by_change()] == [
        (END, ["01", "02"])
    ]
    first, learnt = report.notices
    assert "No category is switched on" in first.text
    assert learnt.text.startswith("model:b has learnt 3 of these 3")
