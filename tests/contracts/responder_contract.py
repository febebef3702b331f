"""What every responder must do; a test module imports the cases and gives a `responder` fixture."""

import pytest

from postroom.interfaces.responder import Responder
from postroom.model.classification import Classification, Label
from postroom.model.email import Address, Email


def classified(category: str, language: str = "en", probability: float = 0.95) -> Classification:
    """Return a classification with the given category and language."""
    return Classification(
        category=Label(name=category, probability=probability),
        priority=Label(name="normal", probability=0.9),
        sentiment=Label(name="neutral", probability=0.9),
        language=Label(name=language, probability=0.99),
        classifier="test",
    )


def written(text: str, *, subject: str = "", name: str = "Anna Berg") -> Email:
    """Return an e-mail with `text`, from `name`."""
    sender = Address(name=name, address="anna@example.org")
    return Email(subject=subject, from_address=sender, text=text, new_text=text)


ODD_EMAILS = (
    Email(subject="", from_address=None),
    written("?" * 10_000),
    written("\ufffd\u202e\x00 \ud83d"),
    written("<script>alert(1)</script>"),
    written("word " * 50_000),
)


class ResponderContract:
    """The promises of `postroom.interfaces.responder.Responder`."""

    def test_it_has_a_name(self, responder: Responder) -> None:
        assert responder.name.strip()

    async def test_the_draft_names_the_responder_or_the_part_of_it_that_made_it(self, responder: Responder) -> None:
        draft = await responder.respond(written("Where is my parcel?"), classified("order_status"), signature="S")
        assert draft.responder in {responder.name, responder.name.partition("+")[0]}

    async def test_the_same_mail_gives_the_same_draft(self, responder: Responder) -> None:
        email = written("How do I send something back?")
        first = await responder.respond(email, classified("returns"), signature="S")
        assert await responder.respond(email, classified("returns"), signature="S") == first

    @pytest.mark.parametrize("email", ODD_EMAILS, ids=range(len(ODD_EMAILS)))
    async def test_odd_mail_gives_a_draft_and_no_error(self, responder: Responder, email: Email) -> None:
        draft = await responder.respond(email, classified("other", language="xx"), signature="S")
        assert 0 <= draft.probability <= 1
        assert draft.text

    async def test_what_no_article_answers_gets_a_low_probability(self, responder: Responder) -> None:
        draft = await responder.respond(
            written("Qwxz vrtl plmk zzgh"), classified("other", probability=0.2), signature="S"
        )
        assert draft.probability < 0.2

    async def test_a_likely_draft_names_its_passages_and_holds_their_text(self, responder: Responder) -> None:
        draft = await responder.respond(written("How do I send something back?"), classified("returns"), signature="S")
        assert draft.probability > 0.5
        assert draft.passages
        assert draft.by_model or all(passage.text in draft.text for passage in draft.passages)
