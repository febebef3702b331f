"""Answers that people gave outside Postroom: open drafts about what they answered are closed."""

from collections.abc import Sequence

from postroom.interfaces.clock import Clock
from postroom.interfaces.stores import Stores
from postroom.model.answer import Answer, AnsweredDraft, SignKind
from postroom.model.review import Decision, Verdict

AUTHOR = "mailbox"
SHOWN_BY = {
    SignKind.FLAGGED: "the e-mail is marked as answered",
    SignKind.SENT: "an answer lies in the Sent folder",
}


async def note_answers(answers: Sequence[Answer], *, stores: Stores, clock: Clock) -> int:
    """Note signs that a person answered, and return how many reviews of drafts were closed by them.

    From then on drafts made before are stale (see `Ledger.note_answers`). Cut off anywhere it can simply be called
    again with the same signs.

    Raises:
        StoreError: the store cannot be reached; call again.
    """
    if not answers or not await stores.ledger.note_answers(answers):
        return 0
    return await close_answered(stores=stores, clock=clock)


async def close_answered(*, stores: Stores, clock: Clock) -> int:
    """Decide each undecided review of a draft `answered_elsewhere` whose e-mail was; return how many there were.

    It goes by all signs that the store knows, so it also closes what was opened, or even arrived, after its answer.

    Raises:
        StoreError: the store cannot be reached; call again.
    """
    closed = 0
    for answered in await stores.ledger.answered_drafts():
        closed += await stores.reviews.decide(answered.review_id, _decision(answered, clock))
    return closed


def _decision(answered: AnsweredDraft, clock: Clock) -> Decision:
    return Decision(
        verdict=Verdict.ANSWERED_ELSEWHERE,
        by=AUTHOR,
        at=clock.now(),
        reason=f"A person answered with another program: {SHOWN_BY[answered.sign]}.",
    )
