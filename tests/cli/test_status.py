from contracts.store_nouns import at
from postroom.actions.status import ReplyStanding
from postroom.cli.status import reply_lines
from postroom.model.email import Address
from postroom.model.reply import ReplyId, ReplyState


def test_a_reply_is_told_with_its_next_try_and_its_bounce() -> None:
    one = ReplyStanding(
        id=ReplyId("rp_1"),
        recipient=Address(name="", address="ann@example.com"),
        state=ReplyState.PENDING,
        detail="greylisted",
        not_before=at(30),
        bounced="no such user",
    )
    first, second = reply_lines([one])
    assert first.startswith("Reply to ann@example.com: pending, tried again at ")
    assert second == "BOUNCED: the reply to ann@example.com came back: no such user"
