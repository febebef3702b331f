"""The trigger: people's mail in, machines' mail and our own aside."""

import pytest

from engine.house import MAILBOX, SECRET
from nodes.stage import DRAFT, Stage, classified
from postroom.mime.message_id import make_message_id
from postroom.model.email import Address, DeliveryReport, FailedRecipient
from postroom.model.mailbox import Mode
from postroom.model.reply import Reply

OURS = make_message_id("ex/sender", domain="lindenhof.example", secret=SECRET)


async def test_the_mail_of_a_person_goes_on(stage: Stage) -> None:
    found = await stage.play("email_trigger")
    assert (found.output, found.ignored) == ("email", None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"automatic": "mailing_list"}, "mailing_list"),
        ({"message_id": OURS}, "own_message_id"),
        ({"from_address": MAILBOX.address}, "own_address"),
        ({"from_address": Address(name="", address="Support+x@Lindenhof.example")}, "own_address"),
    ],
)
async def test_what_no_machine_may_answer_leaves_by_automatic(
    stage: Stage, changes: dict[str, object], reason: str
) -> None:
    found = await stage.play("email_trigger", **stage.with_email(**changes))
    assert (found.output, found.ignored) == ("automatic", reason)


def report(
    message_id: str | None, *, status: str = "5.1.1", address: str = "Ada@example.org", action: str = "failed"
) -> dict[str, object]:
    failed = FailedRecipient(address=address, action=action, status=status, detail="550 who is ada@example.org?")
    return {"report": DeliveryReport(message_id=message_id, recipients=(failed,)), "automatic": "delivery_report"}


async def sent(stage: Stage) -> Reply:
    """Return the row of a reply that was sent to Ada."""
    found = await stage.play("email_sender", draft=DRAFT, classification=classified())
    assert found.reply is not None
    return await stage.stores.outbox.get(found.reply.reply_id)


async def changed(stage: Stage, reply: Reply) -> tuple[str, bool, list[str]]:
    """Return what a report changed: the note on the reply, whether Ada is suppressed, and the alarms."""
    noted = (await stage.stores.outbox.get(reply.id)).bounced
    suppressed = await stage.stores.suppressions.get("ada@example.org") is not None
    return noted, suppressed, [alarm.key for alarm in (await stage.stores.alarms.open()).rows]


@pytest.mark.parametrize("mode", list(Mode))
async def test_a_bounce_of_our_reply_is_noted_suppresses_the_recipient_and_is_told(stage: Stage, mode: Mode) -> None:
    reply = await sent(stage)
    changes = stage.with_email(**report(reply.outgoing.message_id))
    for _ in range(2):
        found = await stage.play("email_trigger", **changes, **stage.in_mode(mode))
    assert (found.output, found.ignored) == ("automatic", "delivery_report")
    noted, suppressed, alarms = await changed(stage, reply)
    assert noted.startswith("5.1.1")
    assert (suppressed, alarms) == (True, [f"reply_bounced/{reply.id}"])
    (alarm,) = (await stage.stores.alarms.open()).rows
    assert stage.context.execution_id in alarm.text
    assert "5.1.1" in alarm.text
    assert "ada" not in alarm.text.lower()
    suppression = await stage.stores.suppressions.get("ada@example.org")
    assert suppression is not None
    assert suppression.reply_id == reply.id


async def test_a_failure_that_may_pass_suppresses_nobody(stage: Stage) -> None:
    reply = await sent(stage)
    await stage.play("email_trigger", **stage.with_email(**report(reply.outgoing.message_id, status="4.4.7")))
    noted, suppressed, alarms = await changed(stage, reply)
    assert noted.startswith("4.4.7")
    assert (suppressed, alarms) == (False, [f"reply_bounced/{reply.id}"])


@pytest.mark.parametrize(
    "forged",
    [
        report("<somebody@example.org>"),
        report(None),
        report(OURS),
        {**report("ours"), "report": None},
        report("ours", address="bob@example.org"),
        report("ours", action="delayed"),
        report("ours", action="delivered"),
    ],
)
async def test_a_report_that_does_not_name_our_reply_and_its_recipient_changes_nothing(
    stage: Stage, forged: dict[str, object]
) -> None:
    reply = await sent(stage)
    found = forged["report"]
    if isinstance(found, DeliveryReport) and found.message_id == "ours":
        forged = {**forged, "report": DeliveryReport(message_id=reply.outgoing.message_id, recipients=found.recipients)}
    outcome = await stage.play("email_trigger", **stage.with_email(**forged))
    assert (outcome.output, outcome.ignored) == ("automatic", "delivery_report")
    assert await changed(stage, reply) == ("", False, [])


async def test_a_dry_run_notes_no_bounce(stage: Stage) -> None:
    reply = await sent(stage)
    changes = stage.with_email(**report(reply.outgoing.message_id))
    assert (await stage.play("email_trigger", dry_run=True, **changes)).output == "automatic"
    assert await changed(stage, reply) == ("", False, [])


async def test_a_bounce_that_nothing_else_marks_as_automatic_is_never_answered(stage: Stage) -> None:
    reply = await sent(stage)
    changes = stage.with_email(**{**report(reply.outgoing.message_id), "automatic": None})
    assert (await stage.play("email_trigger", **changes)).output == "automatic"
