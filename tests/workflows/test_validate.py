"""Validation: every problem in words, all at once."""

from dataclasses import replace

import pytest

from engine.house import Bench, make_types, make_workflow
from postroom.bootstrap import node_types
from postroom.errors import ConfigurationError
from postroom.model.workflow import Edge, JsonValue, Node, NodeId, RetryPolicy, Workflow, WorkflowSlug
from postroom.workflows.load import template
from postroom.workflows.validate import MAX_NODES, problems, require_valid

TYPES = make_types(Bench())
GOOD = make_workflow({"s": "start", "a": "pure"}, ["s>a"])


def answering(*edges: str) -> Workflow:
    """Return a workflow of the shipped kinds with these edges behind its responder."""
    kinds = {"t": "email_trigger", "r": "auto_responder", "h": "human_review", "s": "email_sender", "l": "data_logger"}
    used = {name for edge in edges for name in (edge.partition(">")[2], edge.partition(".")[0].partition(">")[0])}
    nodes: dict[str, str | tuple[str, dict[str, JsonValue]]] = {
        name: kind for name, kind in kinds.items() if name in used | {"t"}
    }
    return make_workflow(nodes, ["t.accepted>r", *edges])


@pytest.mark.parametrize(
    "edges",
    [
        ("r.sure>s",),
        ("r.sure>s", "r.unsure>h", "h.approved>s"),
        ("r.sure>s", "r.unsure>l"),
    ],
)
def test_what_is_sure_or_reviewed_may_lead_to_a_sender(edges: tuple[str, ...]) -> None:
    assert not [one for one in problems(answering(*edges), node_types()) if "past every review" in one]


@pytest.mark.parametrize(
    "edges",
    [
        ("r.unsure>s",),
        ("r.sure>s", "r.unsure>s"),
        ("r.failed>s",),
        ("r.unsure>l", "l.logged>s"),
        ("r.unsure>h", "h.approved>s", "r.unsure>l", "l.logged>s"),
    ],
)
def test_a_draft_that_is_not_sure_never_reaches_a_sender_past_every_review(edges: tuple[str, ...]) -> None:
    found = problems(answering(*edges), node_types())
    assert any("leads to the sender 's' past every review" in one for one in found), found


def with_retry(policy: RetryPolicy) -> Workflow:
    return replace(GOOD, nodes=(GOOD.nodes[0], replace(GOOD.nodes[1], retry=policy)))


def test_the_shipped_workflow_and_a_small_one_are_valid() -> None:
    assert problems(template("customer_support"), node_types()) == ()
    assert problems(GOOD, TYPES) == ()
    require_valid(GOOD, TYPES)


@pytest.mark.parametrize(
    ("workflow", "words"),
    [
        (replace(GOOD, nodes=(*GOOD.nodes, GOOD.nodes[1])), "Two nodes have the id 'a'"),
        (make_workflow({"s": "start", "a": "magic"}, ["s>a"]), "Node 'a' has the unknown type 'magic': known are ask"),
        (make_workflow({"s": "start", "a": ("pure", {"failures": "many"})}, ["s>a"]), "setting 'failures' is wrong"),
        (make_workflow({"s": "start", "a": "pure"}, ["s.sideways>a"]), "no output 'sideways', it has main, other"),
        (make_workflow({"s": "start", "a": "pure"}, ["s>a", "a>ghost"]), "there is no node 'ghost'"),
        (make_workflow({"s": "start", "a": "pure"}, ["s>a", "ghost>a"]), "there is no node 'ghost'"),
        (make_workflow({"s": "start", "a": "pure"}, ["s>a", "a>s"]), "'s' is a trigger, nothing leads into it"),
        (make_workflow({"s": "start", "a": "pure"}, ["s>a", "a>a"]), "form a cycle or lie behind one: a."),
        (make_workflow({"a": "pure", "b": "pure"}, ["a>b"]), "has 0 triggers"),
        (make_workflow({"s": "start", "t": "start", "a": "pure"}, ["s>a", "t>a"]), "has 2 triggers"),
        (make_workflow({"s": "start", "a": "pure", "b": "pure"}, ["s>a"]), "Nothing leads to node 'b'"),
        (make_workflow({"s": "start", "a": "pure"}, ["s>a", "s>a"]), "Edge s.main → a is there 2 times"),
        (make_workflow({"s": "start", "a/b": "pure"}, ["s>a/b"]), "'a/b' may hold letters, digits"),
        (make_workflow({}, []), "has no nodes"),
        (with_retry(RetryPolicy(max_attempts=0)), "max_attempts is 0"),
        (with_retry(RetryPolicy(max_attempts=101)), "max_attempts is 101"),
        (with_retry(RetryPolicy(timeout_seconds=0)), "timeout_seconds is 0"),
        (with_retry(RetryPolicy(timeout_seconds=float("nan"))), "timeout_seconds is nan"),
        (with_retry(RetryPolicy(timeout_seconds=float("inf"))), "timeout_seconds is inf"),
        (with_retry(RetryPolicy(interval_seconds=-1)), "retry needs interval_seconds"),
        (with_retry(RetryPolicy(interval_seconds=float("nan"))), "retry needs interval_seconds"),
        (with_retry(RetryPolicy(max_interval_seconds=float("inf"))), "retry needs interval_seconds"),
        (with_retry(RetryPolicy(factor=0.5)), "factor ≥ 1"),
        (with_retry(RetryPolicy(jitter=1.5)), "jitter is 1.5"),
    ],
)
def test_a_problem_is_said_in_words(workflow: Workflow, words: str) -> None:
    found = problems(workflow, TYPES)
    assert any(words in problem for problem in found), found


@pytest.mark.parametrize("policy", [RetryPolicy(max_attempts=1), RetryPolicy(max_attempts=100, jitter=0, factor=1)])
def test_the_bounds_of_a_retry_are_allowed(policy: RetryPolicy) -> None:
    assert problems(with_retry(policy), TYPES) == ()


def test_all_problems_come_at_once() -> None:
    workflow = Workflow(
        slug=WorkflowSlug("bad"),
        title="",
        nodes=(
            Node(id=NodeId("a"), type="magic"),
            Node(id=NodeId("b"), type="pure", config={"failures": "x", "gate": 1}),
            Node(id=NodeId("b"), type="pure", retry=RetryPolicy(max_attempts=0, timeout_seconds=-1)),
        ),
        edges=(Edge(source=NodeId("b"), output="up", target=NodeId("ghost")),),
    )
    found = problems(workflow, TYPES)
    words = ["Two nodes", "unknown type", "'failures'", "'gate'", "max_attempts", "timeout_seconds", "ghost", "'up'"]
    assert [word for word in [*words, "0 triggers", "Nothing leads to node 'b'"] if word not in " ".join(found)] == []
    with pytest.raises(ConfigurationError) as caught:
        require_valid(workflow, TYPES)
    assert f"{len(found)} problems" in caught.value.message
    assert caught.value.hint.splitlines() == list(found)


def test_too_many_nodes_are_refused() -> None:
    names = [f"n{number}" for number in range(MAX_NODES)]
    workflow = make_workflow({"s": "start", **dict.fromkeys(names, "pure")}, [f"s>{name}" for name in names])
    assert problems(workflow, TYPES) == (f"The workflow has {MAX_NODES + 1} nodes: at most {MAX_NODES} are allowed.",)
