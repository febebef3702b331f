"""What a customer writes: subject, paragraphs, signature, quoted history, and the labels that go with it."""

from dataclasses import dataclass, replace
from datetime import datetime

from postroom.model.catalogue import Intent
from postroom.providers.mock.dice import Dice
from postroom.providers.mock.habits import typed
from postroom.providers.mock.phrases import Phrases, phrases
from postroom.providers.mock.plan import MockPlan
from postroom.providers.mock.slots import DrawnSlots, SlotSource
from postroom.providers.mock.truth import Kind, Truth
from postroom.providers.mock.writer import Typist, writer

ATTACHMENT_TYPES = ("image/png", "application/pdf", "text/plain")

_ABOUT_AN_ORDER = frozenset(
    {"order_tracking", "order_cancel", "order_change_address", "delivery_damaged", "delivery_missing"}
    | {"delivery_not_found", "return_how", "return_period", "refund_when", "refund_wrong_amount", "invoice_copy"}
    | {"invoice_company", "payment_double", "warranty_claim"}
)
_PRESSING = {
    "order_tracking": 0.06,
    "order_cancel": 0.06,
    "order_change_address": 0.1,
    "delivery_damaged": 0.06,
    "delivery_missing": 0.08,
    "delivery_not_found": 0.08,
    "payment_double": 0.3,
    "payment_declined": 0.06,
    "invoice_copy": 0.05,
    "voucher_redeem": 0.04,
    "technical_site_error": 0.06,
}
_DANGEROUS = {"warranty_claim": 0.12, "delivery_damaged": 0.06}
_TROUBLE = frozenset(
    {"delivery_damaged", "delivery_missing", "delivery_not_found", "refund_wrong_amount", "payment_double"}
    | {"warranty_claim", "technical_site_error"}
)
_HIGH = frozenset({"payment_double", "complaint_service"})
_LOW_CATEGORIES = frozenset({"product", "loyalty"})
_ALWAYS_NEGATIVE = frozenset({"complaint_service", "account_hacked"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierMessage:
    """An earlier message below the new words: `lines` are its text, `sender` wrote it at `sent_at`."""

    attribution: str
    sender: str
    sent_at: datetime
    subject: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MockLetter:
    """A mail in words, before any bytes; `paragraphs` begin with the greeting and end with the name."""

    subject: str
    paragraphs: tuple[str, ...]
    signature: tuple[str, ...]
    writer: Typist
    words: Phrases
    truth: Truth
    quotation: EarlierMessage | None = None
    attachments: tuple[str, ...] = ()
    hidden: str = ""


class Pen:
    """Writes sentences of one mail: its words, its chance, its slots and its writer belong together."""

    def __init__(self, plan: MockPlan, *, topic: str = "") -> None:
        self.kind = plan.kind
        self._told: set[int] = set()
        self.words = phrases(plan.language)
        self.dice = plan.dice("letter")
        self.writer = writer(self.words, self.dice, plan.received_at)
        source = SlotSource(
            nouns=self.words.nouns,
            date_pattern=self.words.words["date"],
            decimal_mark="." if plan.language == "en" else ",",
            name=self.writer.name,
            address=self.writer.address,
            written_at=self.writer.written_at,
        )
        self.source = source
        self.slots = DrawnSlots(source, self.dice)
        if topic in ("product_care", "warranty_terms", "warranty_claim"):
            noun = self.slots["care" if topic == "product_care" else "device"]
            self.slots = DrawnSlots(source, self.dice, {"p": noun, "care": noun, "device": noun})

    def about(self, pool: str) -> str:
        """Return a sentence of `pool` about the same things as the rest of the mail."""
        return self.dice.pick(self.words.pools[pool]).write(self.dice, self.slots, informal=self.writer.informal)

    def aside(self, pool: str) -> str:
        """Return a sentence of `pool` about other things, not of the same making twice while there are others."""
        templates = self.words.pools[pool]
        start = self.dice.between(0, len(templates) - 1)
        order = (*templates[start:], *templates[:start])
        template = next((template for template in order if id(template) not in self._told), order[0])
        self._told.add(id(template))
        return template.write(self.dice, self.slots.fresh(), informal=self.writer.informal)

    def core(self, intent: Intent) -> str:
        """Return the sentences that make `intent` plain."""
        template = self.dice.pick(self.words.intents[intent.id].core)
        return template.write(self.dice, self.slots, informal=self.writer.informal)

    def subject(self, intent: Intent) -> str:
        """Return a subject line: mostly fitting, sometimes vague, sometimes empty."""
        if self.dice.chance(0.05):
            return ""
        if self.dice.chance(0.22):
            vague = self.words.pools["vague_subjects"]
            fitting = [line for line in vague if intent.id in _ABOUT_AN_ORDER or "order" not in line.slot_names()]
            return self.dice.pick(fitting).write(self.dice, self.slots, informal=self.writer.informal)
        template = self.dice.pick(self.words.intents[intent.id].subjects)
        return template.write(self.dice, self.slots, informal=self.writer.informal)


def letter(plan: MockPlan) -> MockLetter:
    """Return the words of the mail with `plan`, which has at least one intent; quoted history is added elsewhere."""
    first = plan.intents[0]
    pen = Pen(plan, topic=first.id)
    dice, habit = pen.dice, pen.writer.habit
    mood = _mood(plan, first, dice)
    urgent = _urgent_pool(plan, first, dice)
    attachments = _attachments(first, dice)
    body = _body(plan, pen, mood)
    if urgent:
        body.insert(0 if dice.chance(0.3) else len(body), pen.about(urgent))
    if attachments:
        body.append(pen.about("attachment_mentions"))
    subject = pen.subject(first)
    if subject and dice.chance(0.06):
        subject = pen.words.words["reply_prefix"] + subject
    return MockLetter(
        subject=typed(subject, habit, dice),
        paragraphs=tuple(_paragraphs(pen, [typed(sentence, habit, dice) for sentence in body])),
        signature=_signature(pen),
        writer=pen.writer,
        words=pen.words,
        truth=customer_truth(plan, mood=mood, urgent=bool(urgent)),
        attachments=attachments,
    )


def customer_truth(plan: MockPlan, *, mood: str, urgent: bool) -> Truth:
    """Return the labels of a mail that somebody wrote who wants an answer."""
    intent = plan.intents[0]
    answerable = len(plan.intents) == 1 and intent.article_id is not None and plan.kind is not Kind.INJECTION
    priority = "normal"
    if urgent or intent.id == "account_hacked":
        priority = "urgent"
    elif intent.id in _HIGH:
        priority = "high"
    elif intent.category in _LOW_CATEGORIES and len(plan.intents) == 1:
        priority = "low"
    return Truth(
        kind=plan.kind,
        intent=intent.id,
        category=intent.category,
        article_id=intent.article_id if answerable else None,
        priority=priority,
        sentiment=mood,
        language=plan.language,
        machine=False,
        answerable=answerable,
    )


def thanks_letter(plan: MockPlan) -> MockLetter:
    """Return a mail that says thank you and asks for nothing."""
    pen = Pen(plan)
    truth = Truth(
        kind=plan.kind,
        intent=None,
        category=None,
        article_id=None,
        priority="low",
        sentiment="positive",
        language=plan.language,
        machine=False,
        answerable=False,
    )
    body = [typed(pen.about("thanks"), pen.writer.habit, pen.dice)]
    if pen.dice.chance(0.3):
        body.append(typed(pen.aside("positive"), pen.writer.habit, pen.dice))
    return MockLetter(
        subject=pen.about("thanks_subjects"),
        paragraphs=tuple(_paragraphs(pen, body)),
        signature=_signature(pen),
        writer=pen.writer,
        words=pen.words,
        truth=truth,
    )


def with_opening(letter: MockLetter, sentence: str) -> MockLetter:
    """Return `letter` with `sentence` put before what it says."""
    greeting, first, *rest = letter.paragraphs
    return replace(letter, paragraphs=(greeting, f"{sentence} {first}", *rest))


def _mood(plan: MockPlan, intent: Intent, dice: Dice) -> str:
    if plan.kind is Kind.ANGRY or intent.id in _ALWAYS_NEGATIVE:
        return "negative"
    if dice.chance(0.45 if intent.id in _TROUBLE else 0.09):
        return "negative"
    return "positive" if intent.id not in _TROUBLE and dice.chance(0.09) else "neutral"


def _urgent_pool(plan: MockPlan, intent: Intent, dice: Dice) -> str:
    if len(plan.intents) > 1:
        return ""
    if dice.chance(_DANGEROUS.get(intent.id, 0.0)):
        return "danger"
    return "hurry" if dice.chance(_PRESSING.get(intent.id, 0.0)) else ""


def _attachments(intent: Intent, dice: Dice) -> tuple[str, ...]:
    if intent.id not in _ABOUT_AN_ORDER or not dice.chance(0.35 if intent.id in _TROUBLE else 0.04):
        return ()
    return ("image/png",) if intent.id == "delivery_damaged" else (dice.pick(ATTACHMENT_TYPES),)


def _body(plan: MockPlan, pen: Pen, mood: str) -> list[str]:
    """Return the sentences of the mail in order, one-liners and ramblers among them."""
    dice, first = pen.dice, plan.intents[0]
    length = dice.weighted((("line", 0.22), ("short", 0.4), ("usual", 0.28), ("long", 0.1)))
    body = [pen.core(first)]
    if (
        length != "line"
        and first.id in _ABOUT_AN_ORDER
        and not (pen.slots.used("order") or pen.slots.used("street"))
        and dice.chance(0.75)
    ):
        body.insert(0 if dice.chance(0.6) else 1, pen.about("context"))
    asides = {"line": 0, "short": 0, "usual": 1, "long": dice.between(2, 4)}[length]
    for _ in range(asides):
        body.insert(dice.between(0, len(body)), pen.aside("greybox"))
    if mood != "neutral" and (first.id not in _ALWAYS_NEGATIVE or length == "long"):
        body.append(pen.aside(mood))
    if plan.kind is Kind.ANGRY and first.id not in _ALWAYS_NEGATIVE:
        body.append(pen.aside("negative"))
    if len(plan.intents) > 1:
        body.append(f"{pen.about('and_also')} {pen.core(plan.intents[1])}")
    if length in ("usual", "long") or dice.chance(0.25):
        body.append(pen.aside("requests"))
    return body


def _paragraphs(pen: Pen, sentences: list[str]) -> list[str]:
    """Return greeting, sentences grouped by two or three, closing and name; hasty writers leave some of it out."""
    dice, habit = pen.dice, pen.writer.habit
    greeting = typed(pen.about("greetings"), habit, dice)
    paragraphs = [] if dice.chance(0.1) and pen.kind is not Kind.FOLLOW_UP else [greeting]
    while sentences:
        size = dice.between(1, 3)
        paragraphs.append(" ".join(sentences[:size]))
        sentences = sentences[size:]
    if not paragraphs or len(paragraphs) == 1:
        paragraphs.insert(0, greeting)
    closing = typed(pen.about("closings"), habit, dice)
    paragraphs.append(pen.writer.name if dice.chance(0.1) else f"{closing}\n{pen.writer.name}")
    return paragraphs


def _signature(pen: Pen) -> tuple[str, ...]:
    dice = pen.dice
    if pen.writer.program == "phone" and dice.chance(0.6):
        return (pen.about("forwarded_phone"),)
    if dice.chance(0.16):
        lines = (pen.writer.name, pen.slots["street"], pen.slots["place"], f"+49 30 {dice.digits(7)}")
        return lines[: dice.between(2, 4)]
    if dice.chance(0.06):
        return (pen.writer.name, pen.slots["company"], f"{pen.slots['street']}, {pen.slots['place']}")
    return ()
