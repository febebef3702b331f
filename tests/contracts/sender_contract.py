"""What every sender must do: prepare, ask, hand over, and never hide what happened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from postroom.interfaces.provider import Claim, Delivery, Sender
from postroom.model.email import Address
from postroom.model.reply import OutgoingEmail


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderTrial:
    """A sender under test; `arrived` gives the bytes of every message on the other side, in any order."""

    sender: Sender
    arrived: Callable[[], Sequence[bytes]]


@dataclass(slots=True, kw_only=True)
class Fence:
    """A claim that gives `answer` and notes how many messages had arrived when it was asked."""

    trial: SenderTrial
    answer: Claim = Claim.GRANTED
    arrived_before: list[int] = field(default_factory=list)

    async def claim(self) -> Claim:
        """Answer as the outbox does."""
        self.arrived_before.append(len(self.trial.arrived()))
        return self.answer


def outgoing(number: int = 1) -> OutgoingEmail:
    """Return a small composed message."""
    message_id = f"<reply-{number}@postroom.example>"
    return OutgoingEmail(
        message_id=message_id,
        mail_from="bounces@postroom.example",
        recipient=Address(name="Ann", address="ann@example.com"),
        content=f"Message-ID: {message_id}\r\nTo: ann@example.com\r\nSubject: Re\r\n\r\nHello\r\n".encode(),
    )


class SenderContract:
    """Inherit it and give a fixture `trial`."""

    async def test_the_claim_is_asked_once_before_anything_is_handed_over(self, trial: SenderTrial) -> None:
        fence = Fence(trial=trial)
        result = await trial.sender.send(outgoing(), fence.claim)
        assert result.delivery is Delivery.SENT
        assert fence.arrived_before == [0]
        assert list(trial.arrived()) == [outgoing().content]

    @pytest.mark.parametrize("answer", [Claim.HALTED, Claim.STALE, Claim.TAKEN])
    async def test_without_the_claim_nothing_is_handed_over(self, trial: SenderTrial, answer: Claim) -> None:
        result = await trial.sender.send(outgoing(), Fence(trial=trial, answer=answer).claim)
        assert (result.delivery, result.claim) == (Delivery.NOT_CLAIMED, answer)
        assert list(trial.arrived()) == []

    async def test_a_claim_that_fails_hands_nothing_over(self, trial: SenderTrial) -> None:
        async def claim() -> Claim:
            raise ConnectionError("the store is gone")

        with pytest.raises(ConnectionError):
            await trial.sender.send(outgoing(), claim)
        assert list(trial.arrived()) == []

    async def test_a_second_hand_over_of_the_same_message_is_seen(self, trial: SenderTrial) -> None:
        for _ in range(2):
            await trial.sender.send(outgoing(), Fence(trial=trial).claim)
        assert len(trial.arrived()) == 2

    async def test_absence_is_never_proof(self, trial: SenderTrial) -> None:
        await trial.sender.send(outgoing(1), Fence(trial=trial).claim)
        assert await trial.sender.find(outgoing(1).message_id) in {True, None}
        assert await trial.sender.find(outgoing(2).message_id) is None

    async def test_checking_sends_nothing(self, trial: SenderTrial) -> None:
        assert "\n" not in await trial.sender.check()
        assert list(trial.arrived()) == []
