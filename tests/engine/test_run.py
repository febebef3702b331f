"""One durable run: what each node sees, and the shipped workflow from mail to reply."""

from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel

from engine.house import MAILBOX, House, make_workflow
from nodes.stage import FixedModel, Post, Told, raw_email
from postroom.bootstrap import node_types
from postroom.intake.accept import Intake, accept
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.node import Effect, NodeContext, node
from postroom.interfaces.stores.emails import Emails
from postroom.model.email import Address, MailboxId, RawEmail
from postroom.model.execution import Execution, ExecutionStatus, FinalState, Outcome
from postroom.model.mailbox import Mailbox, Mode
from postroom.model.review import ReviewKind, Verdict
from postroom.model.workflow import NodeId
from postroom.workflows.load import template


class Empty(BaseModel):
    """No settings."""


async def shipped_intake(house: House, mailbox: Mailbox) -> Intake:
    """Return what accepts mail of a mailbox for the shipped workflow."""
    return Intake(
        ledger=house.stores.ledger,
        clock=SystemClock(),
        mailbox=mailbox,
        workflow=await house.stores.workflows.save(template("customer_support"), at=house.services.clock.now()),
        own_addresses=frozenset(mailbox.addresses),
        secret=b"s" * 32,
        max_bytes=10_000,
    )


async def shipped(house: House, *mails: RawEmail) -> tuple[Post, list[Execution]]:
    """Run the shipped workflow over these mails until it rests; return the post and the executions."""
    post, model = Post(), FixedModel()
    house.types = dict(node_types())
    house.services = replace(
        house.services,
        senders={"post": post},
        classifiers={"linear": model},
        responders={"articles": model},
        notifiers={"log": Told()},
    )
    intake = await shipped_intake(house, MAILBOX)
    async with house.engine() as engine:
        for mail in mails:
            await accept(intake, [(mail, mail.uid)])
        await engine.quiet()
    rows = (await house.stores.executions.list()).rows
    return post, [await house.stores.executions.get(row.id) for row in reversed(rows)]


async def test_a_sure_answer_is_sent_and_logged(house: House) -> None:
    post, (execution,) = await shipped(house, raw_email())
    assert (execution.status, execution.final_state) == (ExecutionStatus.SUCCEEDED, FinalState.ANSWERED)
    assert len(post.sent) == 1
    (record,) = (await house.stores.records.list()).rows
    assert (record.result, record.article_ids, record.decided_by) == ("sent", ("return_how",), None)


async def test_the_same_mail_delivered_twice_is_answered_once(house: House) -> None:
    again = raw_email(head="")
    other = replace(again, uid="2", content=b"Received: from elsewhere\r\n" + again.content)
    post, executions = await shipped(house, raw_email(), other)
    assert len(executions) == 1
    assert len(post.sent) == 1


async def test_another_mail_under_a_known_message_id_goes_to_a_person(house: House) -> None:
    other = replace(raw_email(), uid="2", content=raw_email().content.replace(b"How do", b"Why can't"))
    post, (first, second) = await shipped(house, raw_email(), other)
    assert (first.final_state, second.final_state) == (FinalState.ANSWERED, FinalState.IN_REVIEW)
    assert len(post.sent) == 1
    (review,) = await house.stores.reviews.of_execution(second.id)
    assert "another e-mail with the same Message-ID came before" in review.reason


async def test_automatic_mail_is_logged_and_never_answered(house: House) -> None:
    post, (execution,) = await shipped(house, raw_email(head="Auto-Submitted: auto-replied\n"))
    assert execution.final_state is FinalState.IGNORED_AUTOMATIC
    assert post.sent == []
    (record,) = (await house.stores.records.list()).rows
    assert record.result == "ignored: auto_submitted"


async def test_a_node_sees_its_ancestors_the_ways_it_was_reached_and_the_decision_before_it(house: House) -> None:
    seen: list[NodeContext] = []

    async def look(context: NodeContext, config: Empty) -> Outcome:
        seen.append(context)
        return Outcome(output="main")

    declare = node(name="look", title="Look", config=Empty, outputs=("main",), effect=Effect.KEYED)
    kind: object = declare(look)
    assert isinstance(kind, type(house.types["pure"]))
    house.types["look"] = kind
    workflow = make_workflow(
        {"s": "start", "a": "read", "ask": "ask", "dead": "pure", "look": "look"},
        ["s>a", "s>ask", "a.other>dead", "a>look", "ask>look", "dead>look"],
    )
    async with house.engine() as engine:
        (execution,) = await house.accept(workflow)
        await engine.quiet()
        assert seen == []
        await house.decide(execution, "ask", Verdict.EDIT)
        await house.until(execution, ExecutionStatus.SUCCEEDED)
    (context,) = seen
    assert context.reached_by == ((NodeId("a"), "main"), (NodeId("ask"), "main"))
    assert context.draft is not None
    assert context.draft.responder == "a"
    assert context.decision is not None
    assert (context.decision.verdict, context.decided_here) == (Verdict.EDIT, None)
    assert (context.attempt, context.key) == (1, f"{execution.id}/look")


async def test_a_mail_that_another_mailbox_had_first_is_answered_from_the_mailbox_of_its_execution(
    house: House,
) -> None:
    sales = replace(MAILBOX, id=MailboxId("sales"), address=Address(name="Sales", address="sales@lindenhof.example"))
    house.services = replace(
        house.services, mailboxes={sales.id: replace(sales, mode=Mode.OBSERVE), MAILBOX.id: MAILBOX}
    )
    intake = await shipped_intake(house, replace(sales, mode=Mode.OBSERVE))
    await accept(intake, [(replace(raw_email(), mailbox_id=sales.id), "1")])
    post, (first, second) = await shipped(house, raw_email())
    assert (first.mailbox_id, first.final_state) == (sales.id, FinalState.OBSERVED)
    assert (second.mailbox_id, second.final_state) == (MAILBOX.id, FinalState.ANSWERED)
    assert first.email_id == second.email_id
    (sent,) = post.sent
    assert sent.mail_from == MAILBOX.address.address
    (reply,) = (await house.stores.outbox.list()).rows
    assert reply.mailbox_id == MAILBOX.id
    records = (await house.stores.records.list()).rows
    assert {(record.execution_id, record.mailbox_id) for record in records} == {
        (first.id, sales.id),
        (second.id, MAILBOX.id),
    }


async def test_for_a_mailbox_that_was_removed_nothing_is_sent_any_more(house: House) -> None:
    house.services = replace(house.services, mailboxes={})
    post, (execution,) = await shipped(house, raw_email())
    assert post.sent == []
    assert execution.final_state is FinalState.OBSERVED


async def test_each_failure_asks_a_person_with_message_and_hint(house: House, tmp_path: Path) -> None:
    bad = ("read", {"failures": 99, "permanent": True})
    workflow = make_workflow({"s": "start", "x": bad, "y": bad}, ["s>x", "s>y"])  # type: ignore[dict-item]
    async with house.engine() as engine:
        (execution,) = await house.accept(workflow)
        await engine.quiet()
    reviews = await house.stores.reviews.of_execution(execution.id)
    assert {(review.node_id, review.kind, review.reason) for review in reviews} == {
        ("x", ReviewKind.FAILURE, "x fails"),
        ("y", ReviewKind.FAILURE, "y fails"),
    }


async def test_a_run_that_breaks_in_the_engine_itself_is_set_aside_for_a_person(house: House) -> None:
    class Broken:
        async def get(self, email_id: str) -> object:
            raise ZeroDivisionError

    emails: Emails = Broken()  # type: ignore[assignment]  # Nothing else of it is reached.
    house.services = replace(house.services, stores=replace(house.stores, emails=emails))
    async with house.engine() as engine:
        (execution,) = await house.accept(make_workflow({"s": "start"}, []))
        engine.wake()
        await house.until(execution, ExecutionStatus.FAILED)
    (review,) = await house.stores.reviews.of_execution(execution.id)
    assert (review.kind, review.reason) == (ReviewKind.FAILURE, "The journal knows this run as ERROR already.")
