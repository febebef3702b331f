"""Answers that people gave outside Postroom: open drafts about what they answered are closed."""

from collections.abc import Sequence

from postroom.interfaces.clock import Clock
from postroom.interfaces.stores import Stores
from postroom.model.answer import Answer
from postroom.model.conversation import AnsweredConversation
from postroom.model.review import Decision, Review, ReviewKind, Verdict

AUTHOR = "mailbox"


async def note_answers(answers: Sequence[Answer], *, stores: Stores, clock: Clock) -> int:
    """Note signs that a person answered, and return how many reviews of drafts were closed by them.

    From then on drafts made before are stale (see `Ledger.note_answers`), and each undecided review of one is decided
    `answered_elsewhere`. A sent answer settles what had arrived before it, a flag only the e-mail that carries it.
    Cut off anywhere it can simply be called again with the same signs.

    Raises:
        StoreError: the store cannot be reached; call again.
    """
    if not answers:
        return 0
    closed = 0
    for answered in dict.fromkeys(await stores.ledger.note_answers(answers)):
        for review in await stores.reviews.undecided_in(answered.conversation_id):
            if review.kind is ReviewKind.DRAFT and await _settles(answered, review, stores):
                closed += await stores.reviews.decide(review.id, _decision(answered, clock))
    return closed


async def _settles(answered: AnsweredConversation, review: Review, stores: Stores) -> bool:
    if answered.email_id is not None:
        return review.email_id == answered.email_id
    return (await stores.emails.get(review.email_id)).received_at <= answered.at


def _decision(answered: AnsweredConversation, clock: Clock) -> Decision:
    sign = "the e-mail is marked as answered" if answered.email_id is not None else "an answer lies in the Sent folder"
    return Decision(
        verdict=Verdict.ANSWERED_ELSEWHERE,
        by=AUTHOR,
        at=clock.now(),
        reason=f"A person answered with another program: {sign}.",
    )
