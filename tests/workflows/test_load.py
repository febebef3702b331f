"""Workflows as YAML: what goes out comes back, and what is wrong or hostile is said, not obeyed."""

import pytest

from postroom.errors import ConfigurationError, NotFoundError
from postroom.model.workflow import Edge, Node, NodeId, RetryPolicy, Workflow, WorkflowSlug
from postroom.workflows.load import MAX_BYTES, MAX_DEPTH, MAX_TOLD, read_workflow, template, write_workflow

SMALL = """
slug: small
title: Small
nodes:
  - {id: a, type: start}
  - {id: b, type: pure}
edges:
  - [a.main, b]
"""


def refused(text: str) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        read_workflow(text, source="test.yaml")
    assert "test.yaml" in caught.value.message
    return caught.value


def test_the_shipped_template_makes_the_round_trip() -> None:
    shipped = template("customer_support")
    assert read_workflow(write_workflow(shipped), source="copy") == shipped


def test_everything_a_node_can_have_makes_the_round_trip() -> None:
    node = Node(
        id=NodeId("a"),
        type="start",
        title="Größe: »a«",
        config={"deep": [1, 2.5, None, {"yes": "no"}], "text": "a: b\n- c"},
        retry=RetryPolicy(max_attempts=7, jitter=0.5),
        position=(1.5, -2.0),
    )
    edges = (Edge(source=NodeId("a"), output="main", target=NodeId("b")),)
    other = Node(id=NodeId("b"), type="pure")
    workflow = Workflow(slug=WorkflowSlug("full"), title="Full: #1", nodes=(node, other), edges=edges)
    assert read_workflow(write_workflow(workflow), source="copy") == workflow


def test_an_output_may_hold_a_dot() -> None:
    assert read_workflow(SMALL.replace("a.main", "a.main.part"), source="x").edges[0].output == "main.part"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nodes: [", "is not YAML"),
        ("a: *nowhere", "is not YAML"),
        ("a: 2026-99-99", "is not YAML"),
        ("!!python/object/apply:os.getcwd []", "is not YAML"),
        ("- just\n- a list", "cannot be read"),
        ("", "cannot be read"),
        (SMALL.replace("a.main", "a"), "edge 'a' → 'b' names no output"),
        (SMALL.replace("slug: small", "slug: Not A Slug"), "cannot be read"),
    ],
)
def test_what_is_no_workflow_is_refused_with_the_reason(text: str, words: str) -> None:
    assert words in refused(text).message


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (SMALL + "color: red\n", "color"),
        (SMALL.replace("type: pure", "type: pure, colour: red"), "nodes.1.colour"),
        (SMALL.replace("type: pure", "type: pure, retry: {max_atempts: 3}"), "nodes.1.retry.max_atempts"),
        (SMALL.replace("type: pure", "type: pure, retry: {max_attempts: many}"), "nodes.1.retry.max_attempts"),
        (SMALL.replace("title: Small", ""), "title"),
    ],
)
def test_unknown_and_missing_keys_are_named_with_their_place(text: str, place: str) -> None:
    assert place in refused(text).hint


def test_all_mistakes_of_a_file_come_at_once() -> None:
    hint = refused(SMALL.replace("title: Small", "color: red").replace("type: pure", "kind: pure")).hint
    assert all(place in hint for place in ("title", "color", "nodes.1.type", "nodes.1.kind"))


def test_aliases_are_refused_before_they_can_multiply() -> None:
    layers = ["l0: &l0 [x]"] + [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 12)]
    error = refused(SMALL.replace("type: pure", "type: pure, config: {x: &a [1]}") + "\n".join(layers))
    assert "aliases (*name) are not allowed" in error.message
    assert "aliases" in refused("a: &a [*a]").message


@pytest.mark.parametrize("opening", ["[", "{b: ", "- ", "? ", "[{"])
def test_a_deep_nest_is_refused_where_it_becomes_too_deep(opening: str) -> None:
    # Read to its end it would be refused for having none.
    assert f"nested more than {MAX_DEPTH} levels deep" in refused(opening * 20_000).message


def test_as_deep_as_is_allowed_is_read() -> None:
    # The document, the list of nodes, a node and its settings are four of them.
    inner = MAX_DEPTH - 4
    text = SMALL.replace("type: pure", f"type: pure, config: {{x: {'[' * inner}{']' * inner}}}")
    assert read_workflow(text, source="x").nodes[1].config["x"]
    assert "levels deep" in refused(text.replace("[]", "[[]]")).message


@pytest.mark.parametrize("value", ["!!bool maybe", '!!int ""', "!!timestamp soon", "!!str small", "!own small", "! x"])
def test_tags_are_refused(value: str) -> None:
    assert "tags (!name) are not allowed" in refused(SMALL.replace("slug: small", f"slug: {value}")).message


@pytest.mark.parametrize("number", ["1" + ":1" * 40_000, "1" + ":1" * 1_000 + ".5", "1" * 5_000, "0x" + "f" * 5_000])
def test_a_number_of_thousands_of_digits_is_refused(number: str) -> None:
    assert "is too long" in refused(SMALL.replace("slug: small", f"slug: {number}")).message


def test_only_the_first_of_many_mistakes_are_told() -> None:
    hint = refused("".join(f"a{number}: 1\n" for number in range(1_000))).hint
    assert len(hint.splitlines()) == MAX_TOLD + 1
    assert hint.endswith("and 954 more.")


def test_a_long_text_that_begins_with_a_digit_is_no_number() -> None:
    title = "24 hours " * 100
    assert read_workflow(SMALL.replace("Small", title), source="x").title == title.strip()


def test_a_huge_file_is_refused_unread() -> None:
    assert "larger than" in refused("#" * (MAX_BYTES + 1)).message
    assert "larger than" in refused("é" * (MAX_BYTES // 2 + 1)).message


def test_an_unknown_template_names_those_that_are_shipped() -> None:
    with pytest.raises(NotFoundError, match="nothing_like_it") as caught:
        template("nothing_like_it")
    assert "customer_support" in caught.value.hint
