"""The urgent handler: everybody is told, and who was missed is told again."""

import pytest

from nodes.stage import Stage, classified
from postroom.errors import ConfigurationError, PluginError, TransientError


async def test_all_notifiers_are_told_with_ids_but_without_mail_text(stage: Stage) -> None:
    found = await stage.play("urgent_handler", classification=classified(priority="urgent"))
    assert (found.output, found.note) == ("notified", "told log, slack")
    for told in stage.notifiers.values():
        (heard,) = told.heard
        assert heard.execution_id == stage.context.execution_id
        assert heard.key == f"{stage.context.execution_id}/urgent_handler"
        assert "return" not in heard.title + heard.text.replace("returns", "")


async def test_only_those_that_are_named_are_told(stage: Stage) -> None:
    await stage.play("urgent_handler", {"notifiers": ["slack"]})
    assert (len(stage.notifiers["slack"].heard), stage.notifiers["log"].heard) == (1, [])


async def test_one_that_fails_keeps_nobody_else_from_being_told_and_is_told_by_the_retry(stage: Stage) -> None:
    stage.notifiers["log"].failures = [TransientError("busy", hint="wait")]
    with pytest.raises(TransientError, match="log: busy"):
        await stage.play("urgent_handler")
    assert len(stage.notifiers["slack"].heard) == 1
    await stage.play("urgent_handler", attempt=2)
    first, again = stage.notifiers["slack"].heard
    assert first.key == again.key == stage.notifiers["log"].heard[0].key


async def test_a_refusal_is_not_tried_again_unless_another_failure_may_pass(stage: Stage) -> None:
    stage.notifiers["log"].failures = [PluginError("404"), PluginError("404")]
    with pytest.raises(PluginError, match="log: 404") as caught:
        await stage.play("urgent_handler")
    assert not caught.value.retryable
    stage.notifiers["slack"].failures = [TransientError("busy")]
    with pytest.raises(TransientError, match="slack: busy"):
        await stage.play("urgent_handler")


async def test_a_bug_in_a_notifier_comes_through_as_it_is(stage: Stage) -> None:
    stage.notifiers["log"].failures = [ZeroDivisionError()]
    with pytest.raises(ZeroDivisionError):
        await stage.play("urgent_handler")
    assert len(stage.notifiers["slack"].heard) == 1


async def test_an_unknown_notifier_is_an_error(stage: Stage) -> None:
    with pytest.raises(ConfigurationError, match="'pager'"):
        await stage.play("urgent_handler", {"notifiers": ["pager"]})


async def test_a_dry_run_tells_nobody(stage: Stage) -> None:
    found = await stage.play("urgent_handler", dry_run=True)
    assert found.note == "would tell log, slack"
    assert all(told.heard == [] for told in stage.notifiers.values())
