"""The trigger: people's mail in, machines' mail and our own aside."""

import pytest

from engine.house import MAILBOX, SECRET
from nodes.stage import Stage
from postroom.mime.message_id import make_message_id
from postroom.model.email import Address

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
