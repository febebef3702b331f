"""Follow-ups: a customer answers in the thread of an earlier mail and quotes it."""

from dataclasses import replace
from datetime import datetime, timedelta

from postroom.providers.mock.dice import Dice
from postroom.providers.mock.envelope import hexadecimal, message_id
from postroom.providers.mock.letter import EarlierMessage, MockLetter, Pen, letter, with_opening
from postroom.providers.mock.plan import MockPlan, plan
from postroom.providers.mock.slots import DrawnSlots, in_words
from postroom.providers.mock.truth import Kind
from postroom.providers.mock.writer import Typist, local

_FURTHEST = 400
_TRIES = 40


def earlier_plan(current: MockPlan, start: datetime) -> MockPlan | None:
    """Return the plan of the customer's mail that `current` follows up, or None when none is near."""
    dice = current.dice("thread")
    position = max(0, current.index - dice.between(20, _FURTHEST))
    for index in range(position, min(position + _TRIES, current.index)):
        candidate = plan(current.seed, index, start)
        if candidate.kind is Kind.CUSTOMER and len(candidate.intents) == 1:
            return candidate
    return None


def follow_up(current: MockPlan, earlier: MockPlan, shop: str) -> tuple[MockLetter, tuple[str, ...]]:
    """Return the follow-up to `earlier` in its writer's hand, and the ids that its References field names.

    A quarter remind of a question nobody answered (same intent); the others have a new one after the shop's reply.
    """
    dice = current.dice("follow-up")
    first = letter(earlier)
    reminding = dice.chance(0.25)
    question = replace(current, language=earlier.language, intents=earlier.intents if reminding else current.intents)
    words = letter(question)
    author = replace(first.writer, written_at=words.writer.written_at)
    pen = Pen(question)
    pen.slots = DrawnSlots(
        replace(pen.source, written_at=author.written_at, name=author.name, address=author.address),
        dice,
        {"date": in_words(first.writer.written_at, pen.source), "day": _weekday(pen, first.writer)},
    )
    opening = pen.about("chase_openers" if reminding else "follow_openers")
    quotation = _own_mail(first, pen) if reminding else _shop_reply(first, pen, shop, author.written_at)
    original = message_id(earlier.seed, earlier.index, first.writer.domain)
    answer = f"<{hexadecimal(dice, 20)}@{shop.partition('@')[2]}>"
    subject = f"{pen.words.words['reply_prefix']}{first.subject}"
    signed = with_opening(replace(words, writer=author, subject=subject, quotation=quotation), opening)
    return _renamed(signed, words.writer.name, author.name), (original,) if reminding else (original, answer)


def _weekday(pen: Pen, earlier: Typist) -> str:
    return pen.words.nouns["day"][earlier.written_at.weekday()]


def _renamed(signed: MockLetter, old: str, new: str) -> MockLetter:
    """Return `signed` with the earlier writer's name instead of the one drawn for this mail."""
    return replace(
        signed,
        paragraphs=tuple(paragraph.replace(old, new) for paragraph in signed.paragraphs),
        signature=tuple(line.replace(old, new) for line in signed.signature),
    )


def _attribution(pen: Pen, sender: str, address: str, sent_at: datetime) -> str:
    slots = DrawnSlots(
        pen.source,
        pen.dice,
        {
            "sender": sender,
            "address": address,
            "date": f"{in_words(sent_at, pen.source)} {sent_at.year}",
            "day": pen.words.nouns["day"][sent_at.weekday()],
            "hour": f"{sent_at.hour:02d}:{sent_at.minute:02d}",
        },
    )
    return pen.dice.pick(pen.words.pools["attribution"]).write(pen.dice, slots, informal=False)


def _own_mail(first: MockLetter, pen: Pen) -> EarlierMessage:
    return EarlierMessage(
        attribution=_attribution(pen, first.writer.name, first.writer.address, first.writer.written_at),
        sender=first.writer.name,
        sent_at=first.writer.written_at,
        subject=first.subject,
        lines=_text_lines(first),
    )


def _shop_reply(first: MockLetter, pen: Pen, shop: str, before: datetime) -> EarlierMessage:
    """Return the shop's reply, which itself quotes the customer's first mail."""
    hours = Dice(first.writer.address).between(1, 5)
    sent_at = min(local(first.writer.written_at + timedelta(hours=hours), pen.words.language), before)
    inner = _own_mail(first, pen)
    reply = pen.dice.pick(pen.words.pools["shop_replies"]).write(pen.dice, pen.slots, informal=False)
    greeting = f"{pen.words.words['shop_greeting']} {first.writer.name},"
    return EarlierMessage(
        attribution=_attribution(pen, "Lindenhof", shop, sent_at),
        sender="Lindenhof",
        sent_at=sent_at,
        subject=f"{pen.words.words['reply_prefix']}{first.subject}",
        lines=(
            greeting,
            "",
            reply,
            "",
            pen.words.words["shop_closing"],
            "",
            inner.attribution,
            *(f"> {line}".rstrip() for line in inner.lines),
        ),
    )


def _text_lines(first: MockLetter) -> tuple[str, ...]:
    return tuple("\n\n".join(first.paragraphs).split("\n"))
