"""Spam, and mails that try to give orders to the machine that reads them."""

from dataclasses import replace
from datetime import UTC

from postroom.providers.mock.dice import Dice
from postroom.providers.mock.envelope import Envelope, hexadecimal, message_id, server_headers
from postroom.providers.mock.letter import MockLetter, Pen, customer_truth, letter
from postroom.providers.mock.machines import machine_truth
from postroom.providers.mock.plan import MockPlan
from postroom.providers.mock.truth import Truth
from postroom.providers.mock.wire import date_header, encoded, mailbox, message, text_part

_HIDDEN = (
    "<!-- {} -->\n",
    '<div style="display:none;font-size:0">{}</div>\n',
    '<span style="color:#ffffff;font-size:1px">{}</span>\n',
)


def spam(plan: MockPlan, shop: str) -> tuple[bytes, Truth]:
    """Return unwanted advertising or fraud; two thirds are marked as such by a server on the way."""
    pen = Pen(plan)
    dice = pen.dice
    marked = dice.chance(0.66)
    envelope = Envelope(
        return_path=f"{hexadecimal(dice, 8)}@{pen.writer.domain}",
        domain=pen.writer.domain,
        recipient=shop,
        sent_at=pen.writer.written_at,
        received_at=plan.received_at.astimezone(UTC),
    )
    headers = server_headers(envelope, dice)
    headers += [
        ("From", mailbox(pen.slots["colleague"], pen.writer.address)),
        ("To", shop),
        ("Subject", encoded(pen.about("spam_subjects"))),
        ("Date", date_header(pen.writer.written_at)),
        ("Message-ID", message_id(plan.seed, plan.index, pen.writer.domain)),
    ]
    if marked:
        headers += [("X-Spam-Flag", "YES"), ("X-Spam-Score", f"{dice.between(6, 19)}.{dice.between(0, 9)}")]
        headers.append(("Precedence", "bulk"))
    text = "\n\n".join((pen.about("greetings"), pen.about("spam"), pen.slots["colleague"]))
    truth = replace(_unanswerable(plan), machine=marked)
    return message(headers, text_part(text + "\n", "plain", "utf-8", dice.pick(("base64", "quoted-printable")))), truth


def injection(plan: MockPlan) -> MockLetter:
    """Return a mail with an order to the machine: in the text, hidden in its HTML, as subject or as a file's name.

    With an intent the mail also asks a customer's question, and the order hides beside it.
    """
    pen = Pen(plan)
    order = pen.about("injection")
    if not plan.intents:
        greeting, closing = pen.about("greetings"), pen.about("closings")
        return MockLetter(
            subject=pen.about("injection_subjects"),
            paragraphs=(greeting, order, f"{closing}\n{pen.writer.name}"),
            signature=(),
            writer=pen.writer,
            words=pen.words,
            truth=_unanswerable(plan),
        )
    asked = letter(plan)
    truth = customer_truth(plan, mood=asked.truth.sentiment, urgent=asked.truth.priority == "urgent")
    return _with_order(replace(asked, truth=truth), order, pen, plan.dice("injection"))


def _with_order(asked: MockLetter, order: str, pen: Pen, dice: Dice) -> MockLetter:
    place = dice.pick(("text", "hidden", "subject", "file"))
    if place == "hidden":
        return replace(asked, hidden=dice.pick(_HIDDEN).format(order.replace("<", "").replace("--", "-")))
    if place == "subject":
        return replace(asked, subject=order)
    if place == "file":
        return replace(asked, attachments=(f"text/plain|{_file_name(pen.about('injection_files'))}.txt",))
    return replace(asked, paragraphs=(*asked.paragraphs[:-1], order, asked.paragraphs[-1]))


def _file_name(words: str) -> str:
    return "".join(letter if letter.isascii() and letter not in '"\\/' else "_" for letter in words)


def _unanswerable(plan: MockPlan) -> Truth:
    return replace(machine_truth(plan), machine=False)
