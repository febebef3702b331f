"""Mail that no person wrote, as the standards say that machines mark it."""

from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from postroom.mime.parse import parse
from postroom.model.catalogue import LANGUAGES
from postroom.providers.mock.machines import auto_reply, bounce, calendar_reply, machine_truth, newsletter
from postroom.providers.mock.plan import MockPlan
from postroom.providers.mock.truth import Kind
from providers.mock.planned import SHOP, planned

MAKERS: dict[Kind, Callable[[MockPlan, str], bytes]] = {
    Kind.AUTO_REPLY: auto_reply,
    Kind.BOUNCE: bounce,
    Kind.NEWSLETTER: newsletter,
    Kind.CALENDAR_REPLY: calendar_reply,
}


def read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_is_a_sound_mail_that_the_reader_takes_for_automatic(kind: Kind, language: str) -> None:
    for index in range(5):
        email = parse(MAKERS[kind](planned(kind, index=index, language=language), SHOP))
        assert email.automatic is not None
        assert email.defects == ()
        assert email.text.strip()


def test_nobody_asks_anything_in_them() -> None:
    truth = machine_truth(planned(Kind.NEWSLETTER, language="fr"))
    assert (truth.machine, truth.answerable, truth.intent, truth.language) == (True, False, None, "fr")


@pytest.mark.parametrize("kind", [Kind.AUTO_REPLY, Kind.BOUNCE])
def test_what_answers_by_itself_has_no_envelope_sender_so_that_nobody_answers_it(kind: Kind) -> None:
    message = read(MAKERS[kind](planned(kind), SHOP))
    assert message["Return-Path"] == "<>"
    assert message["Auto-Submitted"] == "auto-replied"


def test_a_delivery_report_names_who_could_not_be_reached_and_the_mail_it_is_about() -> None:
    for index in range(8):
        report = parse(bounce(planned(Kind.BOUNCE, index=index), SHOP)).report
        assert report is not None
        (failed,) = report.recipients
        assert failed.action == "failed"
        assert failed.status.startswith("5.")
        assert report.message_id is not None
        assert report.message_id.endswith("@lindenhof.example>")


def test_a_newsletter_can_be_left_with_one_click() -> None:
    message = read(newsletter(planned(Kind.NEWSLETTER), SHOP))
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].startswith("<https://")
    domain = message["List-Id"].removeprefix("<letter.").removesuffix(">")
    assert message["From"].addresses[0].domain == domain


def test_a_calendar_reply_says_the_same_in_words_and_in_its_calendar() -> None:
    said = set()
    for index in range(12):
        message = read(calendar_reply(planned(Kind.CALENDAR_REPLY, index=index), SHOP))
        plain, calendar = message.iter_parts()
        lines = calendar.get_content().splitlines()
        assert calendar.get_content_type() == "text/calendar"
        assert "METHOD:REPLY" in lines
        assert f"ORGANIZER:mailto:{SHOP}" in lines
        (attendee,) = [line for line in lines if line.startswith("ATTENDEE")]
        accepted = "ACCEPTED" in attendee
        said.add((accepted, plain.get_content().split()[0]))
    assert len(said) == 2
