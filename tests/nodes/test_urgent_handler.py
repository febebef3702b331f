"""The urgent handler: everybody is told, and who was missed is told again."""

import asyncio
from datetime import time

import pytest
from pydantic import ValidationError

from clocks import SetClock
from nodes.stage import NOW, Stage, Told, classified
from postroom.bootstrap import node_types
from postroom.errors import ConfigurationError, PluginError, TransientError
from postroom.model.notification import Notification
from postroom.model.opening_hours import OpeningHours
from postroom.nodes.urgent_handler import UrgentHandlerConfig


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
    done: set[str] = set()
    with pytest.raises(TransientError, match="log: busy"):
        await stage.play("urgent_handler", done=done)
    found = await stage.play("urgent_handler", attempt=2, done=done)
    assert (found.output, found.note) == ("notified", "told log, slack")
    ((first,), (second,)) = (stage.notifiers[name].heard for name in ("slack", "log"))
    assert first.key == second.key


async def test_after_a_crash_between_two_tries_everybody_is_told_again_under_the_same_key(stage: Stage) -> None:
    stage.notifiers["log"].failures = [TransientError("busy")]
    with pytest.raises(TransientError):
        await stage.play("urgent_handler")
    await stage.play("urgent_handler")
    first, again = stage.notifiers["slack"].heard
    assert first.key == again.key == stage.notifiers["log"].heard[0].key


@pytest.mark.parametrize(
    ("hour", "heard"), [(8, ["slack"]), (9, ["log"]), (11, ["log"]), (16, ["slack"]), (23, ["slack"])]
)
async def test_outside_the_opening_hours_those_of_the_night_are_told_instead(
    stage: Stage, hour: int, heard: list[str]
) -> None:
    # In Helsinki it is two hours later than UTC in January, and 6 January 2026 is a Tuesday.
    tuesday = OpeningHours(weekday=1, opens=time(11), closes=time(18))
    mailbox = stage.with_mailbox(
        opening_hours=(tuesday,), time_zone="Europe/Helsinki", after_hours_notifiers=("slack", "slack")
    )
    clock = stage.with_services(clock=SetClock(NOW.replace(hour=hour)))
    found = await stage.play("urgent_handler", {"notifiers": ["log"]}, **mailbox, **clock)
    assert [name for name, told in stage.notifiers.items() if told.heard] == heard
    assert found.note == ("told log" if heard == ["log"] else "told slack (outside the opening hours)")


async def test_without_notifiers_for_the_night_the_usual_ones_are_told(stage: Stage) -> None:
    never = OpeningHours(weekday=6, opens=time(1), closes=time(2))
    clock = stage.with_services(clock=SetClock(NOW))
    found = await stage.play("urgent_handler", **stage.with_mailbox(opening_hours=(never,)), **clock)
    assert found.note == "told log, slack"


async def test_a_wrong_name_keeps_nobody_else_from_being_told(stage: Stage) -> None:
    with pytest.raises(ConfigurationError, match="'pager'"):
        await stage.play("urgent_handler", {"notifiers": ["pager", "log"]})
    assert len(stage.notifiers["log"].heard) == 1
    with pytest.raises(ConfigurationError, match="'pager'"):
        await stage.play("urgent_handler", {"notifiers": ["pager", "log"]}, dry_run=True)
    assert len(stage.notifiers["log"].heard) == 1


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


async def test_a_bug_in_one_notifier_keeps_no_other_from_being_tried_again(stage: Stage) -> None:
    stage.notifiers["log"].failures = [ZeroDivisionError(), ZeroDivisionError()]
    stage.notifiers["slack"].failures = [TransientError("busy")]
    done: set[str] = set()
    with pytest.raises(TransientError, match=r"log: ZeroDivisionError; slack: busy"):
        await stage.play("urgent_handler", done=done)
    with pytest.raises(ZeroDivisionError):
        await stage.play("urgent_handler", attempt=2, done=done)
    assert len(stage.notifiers["slack"].heard) == 1


async def test_one_that_hangs_costs_the_others_none_of_their_tries(stage: Stage) -> None:
    class Hanging(Told):
        async def notify(self, notification: Notification) -> None:
            await asyncio.Event().wait()

    busy, good = Told(failures=[TransientError("busy")]), Told()
    services = stage.with_services(notifiers={"pager": Hanging(), "log": busy, "slack": good})
    done: set[str] = set()
    with pytest.raises(TransientError, match=r"log: busy; pager: no answer within 0\.1 s"):
        await stage.play("urgent_handler", {"timeout_seconds": 0.1}, done=done, **services)
    with pytest.raises(TransientError, match=r"told: pager: no answer"):
        await stage.play("urgent_handler", {"timeout_seconds": 0.1}, attempt=2, done=done, **services)
    assert (len(busy.heard), len(good.heard)) == (1, 1)


def test_a_notifier_ends_before_the_node_does() -> None:
    node = node_types()["urgent_handler"]
    assert UrgentHandlerConfig().timeout_seconds < node.retry.timeout_seconds
    with pytest.raises(ValidationError):
        UrgentHandlerConfig(timeout_seconds=node.retry.timeout_seconds)


async def test_an_unknown_notifier_is_an_error(stage: Stage) -> None:
    with pytest.raises(ConfigurationError, match="'pager'"):
        await stage.play("urgent_handler", {"notifiers": ["pager"]})


async def test_a_dry_run_tells_nobody(stage: Stage) -> None:
    found = await stage.play("urgent_handler", dry_run=True)
    assert found.note == "would tell log, slack"
    assert all(told.heard == [] for told in stage.notifiers.values())
