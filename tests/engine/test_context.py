from dataclasses import replace
from pathlib import Path

from engine.house import MAILBOX, Bench, make_types, make_workflow, open_house
from nodes.stage import DRAFT, classified
from postroom.engine.context import RunSubject, context_for
from postroom.engine.interpret import Walk
from postroom.engine.plan import make_plan
from postroom.model.email import MailboxId
from postroom.model.execution import Outcome
from postroom.model.mailbox import Mode
from postroom.model.workflow import NodeId

WORKFLOW = make_workflow(
    {"s": "start", "near": "pure", "far": "pure", "aside": "pure", "last": "pure"},
    ["s>far", "far>near", "s>aside", "near>last"],
)


async def subject_in(folder: Path) -> RunSubject:
    async with open_house(folder) as house:
        (execution,) = await house.accept(make_workflow({"s": "start"}, []))
        stored = await house.stores.emails.get(execution.email_id)
        return RunSubject(
            order=execution, plan=make_plan(WORKFLOW, make_types(Bench())), stored=stored, services=house.services
        )


async def test_a_node_sees_what_the_nearest_node_before_it_gave_and_nothing_of_other_branches(tmp_path: Path) -> None:
    subject = await subject_in(tmp_path)
    outcomes = {
        NodeId("s"): Outcome(output="main", classification=classified()),
        NodeId("far"): Outcome(output="main", draft=DRAFT),
        NodeId("near"): Outcome(output="main", draft=replace(DRAFT, text="nearer")),
        NodeId("aside"): Outcome(output="main", draft=replace(DRAFT, text="aside"), ignored="aside"),
    }
    seen = context_for(subject, NodeId("last"), Walk(outcomes=outcomes, attempts={NodeId("last"): 2}))
    assert seen.draft is not None
    assert (seen.draft.text, seen.classification, seen.ignored) == ("nearer", classified(), None)
    assert (seen.reached_by, seen.attempt) == (((NodeId("near"), "main"),), 3)
    assert seen.mailbox == MAILBOX


async def test_for_a_mailbox_that_was_removed_nothing_may_be_sent(tmp_path: Path) -> None:
    subject = await subject_in(tmp_path)
    gone = replace(subject, order=replace(subject.order, mailbox_id=MailboxId("gone")))
    seen = context_for(gone, NodeId("s"), Walk(outcomes={}, attempts={}))
    assert (seen.mailbox.mode, seen.stored.mailbox_id) == (Mode.OBSERVE, "gone")
