import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from itertools import islice

import pytest

from postroom.mime.parse import parse
from postroom.model.catalogue import INTENTS, LANGUAGES, PRIORITIES, SENTIMENTS
from postroom.model.email import Email
from postroom.providers.mock import Kind, MockEmail, Truth, email_at, generate

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
_BY_ID = {intent.id: intent for intent in INTENTS}
_DIGEST = (
    "import hashlib, datetime; from postroom.providers.mock import generate;"
    "start = datetime.datetime(2026, 3, 2, 8, tzinfo=datetime.UTC);"
    "print(hashlib.sha256(b''.join(m.content for m in generate(7, 60, start=start))).hexdigest())"
)


@pytest.fixture(scope="module")
def stream() -> tuple[MockEmail, ...]:
    return tuple(generate(7, 6000, start=START))


@pytest.fixture(scope="module")
def parsed(stream: tuple[MockEmail, ...]) -> tuple[tuple[Truth, Email], ...]:
    return tuple((mail.truth, parse(mail.content)) for mail in stream[:1000])


def test_the_same_seed_gives_the_same_mail_in_another_process_with_another_hash_seed() -> None:
    here = hashlib.sha256(b"".join(mail.content for mail in generate(7, 60, start=START))).hexdigest()
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        there = subprocess.run([sys.executable, "-c", _DIGEST], env=environment, capture_output=True, check=True)
        assert there.stdout.decode().strip() == here


def test_a_mail_does_not_depend_on_how_many_are_asked_for() -> None:
    assert list(generate(7, 30, start=START)) == list(islice(generate(7, 500, start=START), 30))
    assert email_at(7, 21, start=START) == list(generate(7, 22, start=START))[21]


def test_another_seed_gives_other_mail() -> None:
    assert email_at(7, 0, start=START).content != email_at(8, 0, start=START).content


def test_every_intent_occurs_in_every_language(stream: tuple[MockEmail, ...]) -> None:
    seen = {(mail.truth.intent, mail.truth.language) for mail in stream}
    assert {(intent.id, language) for intent in INTENTS for language in LANGUAGES} <= seen


def test_every_kind_occurs(stream: tuple[MockEmail, ...]) -> None:
    assert {mail.truth.kind for mail in stream} == set(Kind)


def test_the_labels_agree_with_the_catalogue(stream: tuple[MockEmail, ...]) -> None:
    for truth in (mail.truth for mail in stream):
        assert truth.priority in PRIORITIES
        assert truth.sentiment in SENTIMENTS
        assert truth.answerable == (truth.article_id is not None)
        if truth.intent is not None:
            assert truth.category == _BY_ID[truth.intent].category
            assert truth.article_id in (None, _BY_ID[truth.intent].article_id)


def test_the_shares_are_those_of_a_real_mailbox(stream: tuple[MockEmail, ...]) -> None:
    total = len(stream)
    asking = {Kind.CUSTOMER, Kind.FOLLOW_UP, Kind.ANGRY}
    assert 0.62 <= sum(mail.truth.answerable for mail in stream) / total <= 0.70
    person_only = [mail for mail in stream if mail.truth.kind in asking and not mail.truth.answerable]
    assert 0.17 <= len(person_only) / total <= 0.23
    assert 0.12 <= sum(mail.truth.kind not in asking for mail in stream) / total <= 0.16


def test_mail_arrives_in_order_and_ids_are_unique(stream: tuple[MockEmail, ...]) -> None:
    arrivals = [mail.received_at for mail in stream]
    assert arrivals == sorted(arrivals)
    ids = Counter(match[1] for mail in stream if (match := re.search(rb"\r\nMessage-ID: (\S+)", mail.content)))
    assert max(ids.values()) == 1
    assert len(ids) == len(stream)


def test_machines_are_recognised_as_automatic_and_customers_are_not(parsed: tuple[tuple[Truth, Email], ...]) -> None:
    assert {truth.kind for truth, email in parsed if (email.automatic is not None) != truth.machine} == set()


def test_every_mail_parses_without_defects(parsed: tuple[tuple[Truth, Email], ...]) -> None:
    for _, email in parsed:
        assert email.defects == ()
        assert email.from_address is not None
        assert email.date is not None
        assert email.text.strip()
        assert "\ufffd" not in email.text + email.subject


def test_a_follow_up_answers_an_earlier_mail_of_the_same_sender(parsed: tuple[tuple[Truth, Email], ...]) -> None:
    senders: dict[str, str] = {}
    checked = 0
    for truth, email in parsed:
        assert email.from_address is not None
        assert email.message_id is not None
        senders[email.message_id] = email.from_address.address
        if truth.kind is Kind.FOLLOW_UP:
            assert senders[email.references[0]] == email.from_address.address
            assert email.quoted_text
            checked += 1
    assert checked > 30


def test_few_sentences_occur_in_more_than_one_mail(parsed: tuple[tuple[Truth, Email], ...]) -> None:
    mails_with: Counter[str] = Counter()
    for truth, email in parsed:
        if not truth.machine and truth.kind is not Kind.SPAM:
            sentences = re.split(r"(?<=[.?!])\s", " ".join(email.new_text.split()))
            mails_with.update({sentence for sentence in sentences if len(sentence.split()) >= 6})
    repeated = sum(count > 1 for count in mails_with.values())
    assert len(mails_with) > 1500
    assert repeated / len(mails_with) <= 0.10
