"""Slots: what is under way here, however a run came to be so."""

from datetime import UTC, datetime

from postroom.engine.slots import Slots, run_id
from postroom.model.email import EmailId, MailboxId
from postroom.model.execution import Execution, ExecutionId, ExecutionStatus
from postroom.model.workflow import WorkflowSlug

NOW = datetime(2026, 1, 6, tzinfo=UTC)


def execution(name: str = "e", run: int = 1) -> Execution:
    return Execution(
        id=ExecutionId(name),
        email_id=EmailId("m"),
        mailbox_id=MailboxId("main"),
        workflow=WorkflowSlug("test"),
        version=1,
        status=ExecutionStatus.QUEUED,
        run=run,
        final_state=None,
        created_at=NOW,
        updated_at=NOW,
    )


def test_a_run_takes_one_slot_from_its_beginning_to_its_end() -> None:
    slots = Slots(2)
    slots.give(execution())
    assert (len(slots), slots.free, slots.given) == (1, 1, 1)
    assert execution().id in slots
    assert slots.has_begun(execution())
    assert not slots.has_begun(execution(run=2))
    assert slots.enter(execution()) is False
    slots.leave(execution())
    assert (len(slots), slots.free, slots.under_way()) == (0, 2, frozenset())
    assert slots.idle.is_set()
    assert slots.room.is_set()


def test_a_recovered_run_was_not_begun_here_and_may_exceed_the_slots() -> None:
    slots = Slots(1)
    assert slots.enter(execution("a")) is True
    assert slots.enter(execution("b")) is True
    assert (slots.free, slots.given) == (-1, 0)
    assert slots.under_way() == {"a", "b"}


def test_what_the_journal_had_already_keeps_its_slot_only_while_it_runs() -> None:
    slots = Slots(2)
    slots.give(execution())
    slots.give_back(execution())
    assert execution().id not in slots
    slots.enter(execution())
    slots.give(execution())
    slots.give_back(execution())
    assert execution().id in slots


def test_the_journal_knows_each_run_by_its_own_name() -> None:
    assert run_id(execution(run=3)) == "e/3"
