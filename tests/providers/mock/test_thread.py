"""Follow-ups: whose they are, what they quote and what they answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from postroom.model.catalogue import LANGUAGES
from postroom.providers.mock.envelope import message_id
from postroom.providers.mock.letter import MockLetter, letter
from postroom.providers.mock.plan import MockPlan, plan
from postroom.providers.mock.thread import earlier_plan, follow_up
from postroom.providers.mock.truth import Kind
from providers.mock.planned import SHOP, planned

START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def follow_ups(earlier: MockPlan, *, after_minutes: int = 1000) -> list[tuple[MockPlan, MockLetter, tuple[str, ...]]]:
    """Return many follow-ups to one mail that come that much later, with the ids they refer to."""
    plans = [planned(Kind.FOLLOW_UP, "order_cancel", index=index) for index in range(400, 440)]
    later = [replace(one, received_at=one.received_at + timedelta(minutes=after_minutes)) for one in plans]
    return [(one, *follow_up(one, earlier, SHOP)) for one in later]


def test_the_earlier_mail_is_one_question_of_a_customer_before_it() -> None:
    for index in range(30, 330, 5):
        current = plan(7, index, START)
        found = earlier_plan(current, START)
        if found is not None:
            assert found.index < current.index
            assert (found.kind, len(found.intents)) == (Kind.CUSTOMER, 1)
            assert found == plan(7, found.index, START)


def test_the_first_mail_has_none_before_it() -> None:
    assert earlier_plan(planned(Kind.FOLLOW_UP, "refund_when", index=0), START) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_follow_up_is_by_the_same_person_in_the_same_language(language: str) -> None:
    earlier = planned(Kind.CUSTOMER, "refund_when", index=3, language=language)
    first = letter(earlier)
    for _, written, _ in follow_ups(earlier):
        assert (written.writer.name, written.writer.address) == (first.writer.name, first.writer.address)
        assert written.truth.language == language
        assert first.writer.name in written.paragraphs[-1]
        assert written.subject.endswith(first.subject)


def test_who_reminds_asks_the_same_and_quotes_their_own_mail_and_others_quote_the_shops_reply() -> None:
    earlier = planned(Kind.CUSTOMER, "refund_when", index=3)
    first = letter(earlier)
    own = message_id(earlier.seed, earlier.index, first.writer.domain)
    reminding = 0
    for _, written, references in follow_ups(earlier):
        assert written.quotation is not None
        assert references[0] == own
        if len(references) == 1:
            reminding += 1
            assert written.truth.intent == "refund_when"
            assert written.quotation.sender == first.writer.name
            assert written.quotation.lines == tuple("\n\n".join(first.paragraphs).split("\n"))
        else:
            assert written.truth.intent == "order_cancel"
            assert written.quotation.sender == "Lindenhof"
            assert references[1].endswith("@lindenhof.example>")
            assert any(line.startswith("> ") for line in written.quotation.lines)
    assert 0 < reminding < 30


def test_nobody_quotes_what_is_written_later() -> None:
    # The shop takes hours to answer, and some customers write again before.
    earlier = planned(Kind.CUSTOMER, "refund_when", index=3)
    for _, written, _ in (*follow_ups(earlier), *follow_ups(earlier, after_minutes=30)):
        assert written.quotation is not None
        assert letter(earlier).writer.written_at <= written.quotation.sent_at <= written.writer.written_at
