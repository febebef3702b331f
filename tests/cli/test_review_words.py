from dataclasses import replace

from contracts.store_nouns import arrival, at
from postroom.actions.queue import ReviewSheet
from postroom.actions.sequel import Sequel
from postroom.cli.review_words import in_words
from postroom.model.draft import Draft
from postroom.model.email import Address, Attachment, ConversationId, Email, StoredEmail
from postroom.model.reply import OutgoingEmail, Reply, ReplyId
from postroom.model.review import Review, ReviewId, ReviewKind, ReviewStatus

QUIET = Sequel(newer=(), replies=())


def stored(email: Email) -> StoredEmail:
    mail = arrival(1)
    return StoredEmail(
        id=mail.email_id,
        mailbox_id=mail.raw.mailbox_id,
        conversation_id=ConversationId("c1"),
        content_hash=mail.content_hash,
        received_at=at(1),
        accepted_at=at(1),
        size_bytes=9,
        email=email,
    )


def sheet(email: Email) -> ReviewSheet:
    review = Review(
        id=ReviewId("ex_1/ask"),
        kind=ReviewKind.DRAFT,
        execution_id="ex_1",
        node_id="ask",
        email_id=arrival(1).email_id,
        rank=1,
        reason="unsure",
        draft=Draft(text="Dear Ann", language="en", probability=0.5, passages=(), responder="articles"),
        status=ReviewStatus.OPEN,
        created_at=at(2),
    )
    return ReviewSheet(review=review, email=stored(email), recipient=email.from_address)


def test_a_quiet_review_shows_the_mail_and_the_draft_and_warns_of_nothing() -> None:
    text = in_words(sheet(arrival(1).email), QUIET)
    assert "Dear Ann" in text
    assert "From: Ann <ann@example.com>" in text
    assert not any(word in text for word in ("NEWER", "BOUNCED", "Cautions", "Attachment", "Written by"))


def test_it_shows_who_really_wrote_cautions_in_words_and_attachments_by_name() -> None:
    email = replace(
        arrival(1).email,
        original_from=Address(name="Eve", address="eve@example.net"),
        cautions=("encrypted", "unheard_of"),
        attachments=(
            Attachment(filename="bill.pdf", content_type="application/pdf", size_bytes=7, digest="ab" * 32),
            Attachment(filename="", content_type="text/plain", size_bytes=1),
        ),
    )
    text = in_words(sheet(email), QUIET)
    assert "Written by, as it says: Eve <eve@example.net>" in text
    assert "Cautions: it is encrypted; unheard_of" in text
    assert "Attachment: bill.pdf (application/pdf, 7 bytes, abababababab)" in text
    assert "Attachment: without a name (text/plain, 1 bytes, not kept)" in text


def test_it_says_that_the_customer_wrote_again_and_that_a_reply_bounced() -> None:
    newer = replace(stored(arrival(2).email), received_at=at(9))
    reply = Reply(
        id=ReplyId("ex_1/send"),
        email_id=newer.id,
        mailbox_id=newer.mailbox_id,
        conversation_id=newer.conversation_id,
        outgoing=OutgoingEmail(
            message_id="<1@a>", mail_from="b@a", recipient=Address(name="", address="ann@example.com"), content=b""
        ),
        conversation_version=None,
        automatic=False,
        bounced="5.1.1 no such user",
        created_at=at(3),
        updated_at=at(3),
    )
    text = in_words(sheet(arrival(1).email), Sequel(newer=(newer,), replies=(reply,)))
    assert "NEWER MAIL: the conversation went on since (1: 2026-03-01 09:09:00)" in text
    assert "BOUNCED: the reply to ann@example.com came back: 5.1.1 no such user" in text
