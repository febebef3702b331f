"""Claims of messages that stand in no outbox."""

from postroom.interfaces.provider import Claim, Delivery, SendResult, granted


async def test_what_may_be_sent_twice_is_always_granted() -> None:
    assert [await granted(), await granted()] == [Claim.GRANTED, Claim.GRANTED]


def test_a_result_without_another_word_was_not_stopped_by_a_claim() -> None:
    assert SendResult(delivery=Delivery.SENT).claim is Claim.GRANTED
