"""A person of the shop answers with a mail program of their own."""

from dataclasses import dataclass, replace

from journeys.letters import HELP, letter
from journeys.shop import Shop, shop_mailbox
from postroom.bootstrap import Postroom
from postroom.interfaces.classifier import Classifier
from postroom.model.classification import Classification
from postroom.model.email import Email
from postroom.model.execution import FinalState
from postroom.model.mailbox import Mode
from postroom.model.reply import ReplyState
from postroom.model.review import ReviewKind, Verdict


@dataclass(frozen=True)
class Interrupted:
    """A classifier during whose work a person of the shop answers the e-mail."""

    inner: Classifier
    shop: Shop

    @property
    def name(self) -> str:
        return self.inner.name

    async def classify(self, email: Email) -> Classification:
        answer_by_hand(self.shop, str(email.message_id))
        return await self.inner.classify(email)


def answer_by_hand(shop: Shop, message_id: str) -> None:
    """Do what a mail program does: keep the answer in Sent, and mark the question as answered."""
    content, _ = letter(sender=f"Carla <{HELP}>", to="ann@customer.example", answers=(message_id,), text="Here it is.")
    shop.dovecot.append(shop.user, content, folder="Sent")
    with shop.dovecot.session(shop.user) as client:
        client.select_folder("INBOX")
        client.add_flags(client.search(), [b"\\Answered"])


async def test_an_answer_by_hand_during_the_work_keeps_the_automatic_one_back(shop: Shop) -> None:
    await shop.open_mailbox(shop_mailbox())

    def interrupted(postroom: Postroom) -> Postroom:
        classifier = Interrupted(postroom.services.classifiers["linear"], shop)
        return replace(postroom, services=replace(postroom.services, classifiers={"linear": classifier}))

    async with shop.working(interrupted) as work:
        shop.deliver()
        (entry,) = await work.settled(1)
        assert entry.execution_id is not None
        (review,) = await work.stores.reviews.of_execution(entry.execution_id)
        assert review.kind is ReviewKind.DRAFT
        assert "answered" in review.reason
        (reply,) = await work.replies()
        assert reply.state is ReplyState.WITHDRAWN
    assert shop.sent() == []


async def test_an_answer_by_hand_closes_the_open_review_and_ends_its_execution(shop: Shop) -> None:
    await shop.open_mailbox(shop_mailbox(Mode.REVIEW))
    async with shop.working() as work:
        asked = shop.deliver()
        await work.settled(1)
        (question,) = await work.questions()
        answer_by_hand(shop, asked)
        await work.succeeded(1)
        assert await work.questions() == ()
        review = await work.stores.reviews.get(question.id)
        assert review.decision is not None
        assert review.decision.verdict is Verdict.ANSWERED_ELSEWHERE
        (entry,) = await work.entries()
        assert entry.final_state is FinalState.CLOSED
        assert await work.replies() == ()
    assert shop.sent() == []
