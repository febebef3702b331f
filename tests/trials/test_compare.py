from dataclasses import replace

import pytest

from postroom.model.article import ArticleId
from postroom.model.workflow import NodeId
from postroom.trials.backtest_tried import Fate, NodeTrace, Tried
from postroom.trials.compare import END, flip_between
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
    surer = replace(BEFORE, category_probability=0.99, reply="Hello", draft_probability=0.99)
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
