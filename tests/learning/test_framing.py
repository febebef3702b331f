"""A text in a frame is the same text with other words around it, and belongs to the one without."""

import random

from postroom.learning.corpus import load_starter
from postroom.learning.framing import corpus_texts, framed, framed_texts


def test_haste_makes_a_mail_urgent_and_a_mood_gives_it_its_tone() -> None:
    corpus = load_starter(("en",))
    plain = next(text for text in corpus.texts if text.intent == "invoice_copy")
    frame, choice = corpus.frames[0], random.Random(1)
    mails = [framed(plain, frame, choice) for _ in range(200)]
    for mail in mails:
        assert plain.text in mail.text
        assert (mail.priority == "urgent") == any(sentence in mail.text for sentence in frame.urgent)
        assert (mail.sentiment == "negative") == any(sentence in mail.text for sentence in frame.negative)
        assert (mail.sentiment == "positive") == any(sentence in mail.text for sentence in frame.positive)
    assert {mail.priority for mail in mails} == {"normal", "urgent"}
    assert {mail.sentiment for mail in mails} == {"positive", "neutral", "negative"}


def test_each_text_comes_with_its_mail_and_phrases_stand_alone() -> None:
    corpus = load_starter(("en",))
    found = framed_texts(corpus, seed=1)
    assert len(found) == 2 * len(corpus.texts) + len(corpus.phrases)
    plain, mail = found[:2]
    assert (plain.plain, plain.group, mail.group) == (True, 0, 0)
    assert plain.labelled.text in mail.labelled.text
    assert [one.labelled for one in found if one.phrase] == list(corpus.phrases)
    assert len({one.group for one in found}) == len(corpus.texts) + len(corpus.phrases)
    assert found == framed_texts(corpus, seed=1) != framed_texts(corpus, seed=2)


def test_only_mails_judge_and_phrases_teach_no_tone() -> None:
    corpus = load_starter(("en",))
    for learnt, one in zip(corpus_texts(corpus, seed=1), framed_texts(corpus, seed=1), strict=True):
        assert learnt.text == one.labelled.text
        assert learnt.aside == (one.plain or one.phrase)
        assert (learnt.labels.sentiment == "") == one.phrase
