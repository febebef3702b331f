"""A report counts for a reply only where it names its Message-ID and its recipient."""

import pytest

from guard.mails import NOW
from postroom.guard.bounce import bounced, is_permanent
from postroom.model.email import Address, ConversationId, DeliveryReport, EmailId, FailedRecipient, MailboxId
from postroom.model.reply import OutgoingEmail, Reply, ReplyId

REPLY = Reply(
    id=ReplyId("ex/send"),
    email_id=EmailId("e"),
    mailbox_id=MailboxId("main"),
    conversation_id=ConversationId("c"),
    outgoing=OutgoingEmail(
        message_id="<r1@lindenhof.example>",
        mail_from="support@lindenhof.example",
        recipient=Address(name="Ada", address="Ada@example.org"),
        content=b"",
    ),
    conversation_version=1,
    automatic=True,
    created_at=NOW,
    updated_at=NOW,
)


def failed(address: str = "ada@EXAMPLE.org", *, action: str = "failed", status: str = "5.1.1") -> FailedRecipient:
    return FailedRecipient(address=address, action=action, status=status)


def report(*recipients: FailedRecipient, message_id: str | None = "<r1@lindenhof.example>") -> DeliveryReport:
    return DeliveryReport(message_id=message_id, recipients=recipients)


def test_the_recipient_of_the_reply_is_found() -> None:
    assert bounced(report(failed("bob@example.org"), failed()), REPLY) == failed()


def test_what_failed_for_good_comes_first() -> None:
    later, for_good = failed(status="4.4.7"), failed(status="5.2.1")
    assert bounced(report(later, for_good), REPLY) == for_good
    assert bounced(report(later), REPLY) == later


@pytest.mark.parametrize(
    "strange",
    [
        report(failed(), message_id="<other@lindenhof.example>"),
        report(failed(), message_id=None),
        report(failed("bob@example.org")),
        report(failed("ada+x@example.org")),
        report(failed(action="delayed", status="4.2.2")),
        report(failed(action="delivered", status="2.0.0")),
        report(),
    ],
    ids=["other mail", "no mail", "other recipient", "tagged recipient", "delayed", "delivered", "nobody"],
)
def test_what_is_about_something_else_is_no_bounce(strange: DeliveryReport) -> None:
    assert bounced(strange, REPLY) is None


@pytest.mark.parametrize(
    ("recipient", "permanent"),
    [
        (failed(), True),
        (failed(action="Failed", status=""), True),
        (failed(status="4.4.7"), False),
        (failed(status="55.1.1"), False),
        (failed(action="delayed"), False),
    ],
)
def test_only_a_failure_for_good_is_permanent(recipient: FailedRecipient, *, permanent: bool) -> None:
    assert is_permanent(recipient) is permanent
