"""Declaring a kind of node."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from nodes.stage import open_stage
from postroom.interfaces.node import Effect, NodeContext, node
from postroom.model.execution import ExecutionId, Outcome
from postroom.model.workflow import NodeId, RetryPolicy


class WordConfig(BaseModel):
    """A word to look for."""

    model_config = ConfigDict(extra="forbid")
    word: str = "return"


@node(name="word_branch", title="Branch on a word", config=WordConfig, outputs=("found", "missing"))
async def word_branch(context: NodeContext, config: WordConfig) -> Outcome:
    return Outcome(output="found" if config.word in context.email.new_text else "missing")


def test_the_world_and_what_may_answer_otherwise_are_journalled_and_nothing_else() -> None:
    assert {effect for effect in Effect if effect.journalled} == {Effect.READ, Effect.EFFECT}


def test_a_declared_node_is_pure_starts_nothing_and_has_the_usual_patience_unless_told() -> None:
    assert (word_branch.name, word_branch.outputs) == ("word_branch", ("found", "missing"))
    assert (word_branch.effect, word_branch.starts, word_branch.retry) == (Effect.PURE, False, RetryPolicy())
    patient = RetryPolicy(max_attempts=9)
    declare = node(name="t", title="T", config=WordConfig, outputs=(), effect=Effect.KEYED, starts=True, retry=patient)
    declared = declare(word_branch.body)
    assert (declared.effect, declared.starts, declared.retry) == (Effect.KEYED, True, patient)


async def test_a_configured_node_reads_its_settings_and_the_e_mail(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        assert (await word_branch.configure({})(stage.context)).output == "found"
        assert (await word_branch.configure({"word": "parcel"})(stage.context)).output == "missing"


@pytest.mark.parametrize("values", [{"word": 7}, {"wrod": "return"}])
def test_settings_that_do_not_fit_are_refused_before_anything_runs(values: dict[str, str | int]) -> None:
    with pytest.raises(ValidationError):
        word_branch.configure({**values})


async def test_the_key_of_a_node_is_the_same_in_every_attempt_and_another_in_every_execution(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        seen = stage.context

    def key(execution: str, node_id: str, attempt: int) -> str:
        return NodeContext(
            execution_id=ExecutionId(execution),
            workflow=seen.workflow,
            version=seen.version,
            node_id=NodeId(node_id),
            attempt=attempt,
            dry_run=False,
            mailbox=seen.mailbox,
            stored=seen.stored,
            services=seen.services,
        ).key

    assert key("a", "send", 1) == key("a", "send", 4)
    assert len({key("a", "send", 1), key("a", "log", 1), key("b", "send", 1)}) == 3
