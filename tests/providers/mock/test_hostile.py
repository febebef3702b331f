"""Spam and mails with orders to the machine."""

from collections import Counter

import pytest

from postroom.mime.parse import parse
from postroom.model.catalogue import LANGUAGES
from postroom.providers.mock.hostile import injection, spam
from postroom.providers.mock.letter import MockLetter, letter
from postroom.providers.mock.truth import Kind
from providers.mock.planned import SHOP, planned

MANY = range(60)


def place_of(mail: MockLetter, plain: MockLetter) -> str:
    """Return where the order hides in `mail`, which without it would be `plain`."""
    changed = {
        "hidden": mail.hidden != plain.hidden,
        "subject": mail.subject != plain.subject,
        "file": mail.attachments != plain.attachments,
        "text": mail.paragraphs != plain.paragraphs,
    }
    (place,) = [name for name, other in changed.items() if other]
    return place


@pytest.mark.parametrize("language", LANGUAGES)
def test_spam_wants_no_answer_and_only_what_a_server_marked_is_a_machines(language: str) -> None:
    marked = Counter[bool]()
    for index in MANY:
        content, truth = spam(planned(Kind.SPAM, index=index, language=language), SHOP)
        assert (truth.answerable, truth.intent, truth.language) == (False, None, language)
        assert truth.machine == (b"X-Spam-Flag: YES" in content) == (b"Precedence: bulk" in content)
        marked[truth.machine] += 1
    assert marked[True] > marked[False] > 0


def test_spam_is_a_mail_that_can_be_read() -> None:
    content, _ = spam(planned(Kind.SPAM), SHOP)
    email = parse(content)
    assert email.defects == ()
    assert email.from_address is not None
    assert [one.address for one in email.to] == [SHOP]


def test_an_order_without_a_question_is_all_that_the_mail_says() -> None:
    mail = injection(planned(Kind.INJECTION))
    assert (mail.truth.intent, mail.truth.answerable, mail.truth.machine) == (None, False, False)
    assert len(mail.paragraphs) == 3


def test_an_order_beside_a_question_hides_in_every_place_and_leaves_the_rest_as_it_was() -> None:
    places = Counter(
        place_of(injection(plan), letter(plan))
        for plan in (planned(Kind.INJECTION, "refund_when", index=index) for index in MANY)
    )
    assert set(places) == {"text", "hidden", "subject", "file"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_the_question_a_mail_with_an_order_goes_to_a_person(language: str) -> None:
    for index in MANY:
        mail = injection(planned(Kind.INJECTION, "refund_when", index=index, language=language))
        assert (mail.truth.intent, mail.truth.article_id, mail.truth.answerable) == ("refund_when", None, False)
        # A header that lists a file is ASCII, and nothing ends a comment of the HTML early.
        assert all(name.isascii() and '"' not in name for name in mail.attachments)
        assert mail.hidden.count("-->") <= 1
