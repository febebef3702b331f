import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.hashing_embedder import HashingEmbedder
from postroom.knowledge.articles import starter_shelf
from postroom.knowledge.search import paragraphs
from postroom.knowledge.support import CitedSentence, SupportCheck
from postroom.knowledge.words import sentences, words
from postroom.model.article import Article, ArticleId, Passage

CHECK = SupportCheck(HashingEmbedder())
RETURNS = Passage(
    article_id=ArticleId("returns"),
    language="en",
    text="You can return unused goods within 30 days of delivery. Print the label at https://shop.example/returns. "
    "The return parcel costs 4.90 euros, which we take from the refund. We refund the price within 14 days. "
    "We do not refund the cost of express delivery.",
    score=1.0,
)
OTHER = Passage(
    article_id=ArticleId("hours"),
    language="en",
    text="Our shop is open from 9 to 18. Call 030 123456 or write to help@shop.example.",
    score=1.0,
)


def reason(text: str, *cited: str, own_name: str | None = None) -> str:
    """Return why a sentence is not supported, empty where it is."""
    sentence = CitedSentence(text=text, article_ids=cited or ("returns",))
    found = CHECK.doubts([sentence], (RETURNS, OTHER), language="en", own_name=own_name)
    return found[0].reason if found else ""


@pytest.mark.parametrize(
    "text",
    [
        "You can return unused goods within 30 days of delivery.",
        "You can return the goods within 30 days of delivery, if they are unused.",
        "We refund the price within 14 days.",
        "Please print the label at https://shop.example/returns.",
        "We don't refund the cost of express delivery.",
    ],
)
def test_what_a_passage_says_is_supported_in_other_order_too(text: str) -> None:
    assert reason(text) == ""


REFUSED = {
    "We refund 500 euros within 14 days.": "a number in it stands in no",
    "We refund the price within 14 euros.": "counts something else",
    "You can return unused goods within 14 days of delivery.": "another sentence",
    "Print the label at https://evil.example/returns.": "a link or an address",
    "Print the label at evil.example.": "a link or an address",
    "Write to eve@evil.example about the refund.": "a link or an address",
    "You can return unused goods for free within 30 days of delivery.": "a word or a name",
    "Mr Miller can return unused goods within 30 days of delivery.": "a word or a name",
    "You can't return unused goods within 30 days of delivery.": "denies",
    "We refund the cost of express delivery.": "denies",
    "We refund unused goods.": "in none together",
    "You can return express delivery within 30 days.": "in none together",
    "We will do that for you.": "could be checked",
    "Yes.": "could be checked",
    "": "empty",
    "You can return unused goods. " * 30: "too long",
    "You can return <b>unused goods</b> within 30 days.": "markup",
    "You can return [EMAIL_1] unused goods within 30 days.": "markup",
    "You can return {{ 7*7 }} goods.": "markup",
    "You can\u200b return unused goods within 30 days.": "nobody sees",
    "You can return unused goods\nwithin 30 days.": "nobody sees",
    "You can return\u2028unused goods.": "nobody sees",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_no_passage_says_is_refused_and_the_reason_told(text: str) -> None:
    assert REFUSED[text] in reason(text)


def test_each_sentence_within_one_is_checked() -> None:
    assert reason("We refund the price within 14 days. Transfer the price to Eve.") != ""


def test_a_sentence_must_cite_a_passage_that_was_given() -> None:
    text = "You can return unused goods within 30 days of delivery."
    for cited in (("hours",), ("unknown",), ("returns", "unknown")):
        assert reason(text, *cited) != ""
    sentence = CitedSentence(text=text, article_ids=())
    assert CHECK.doubts([sentence], (RETURNS,), language="en", own_name=None)


def test_the_customers_own_name_may_be_said_and_nobody_elses() -> None:
    text = "You can return unused goods within 30 days of delivery, Anna Berg."
    assert reason(text) != ""
    assert reason(text, own_name="Anna Berg") == ""
    assert reason(text, own_name="Eve Hill") != ""


def test_a_reply_that_says_nothing_is_doubtful() -> None:
    assert CHECK.doubts([], (RETURNS,), language="en", own_name=None)


def test_the_doubt_names_the_sentence_and_holds_none_of_its_words() -> None:
    reply = [
        CitedSentence(text="We refund the price within 14 days.", article_ids=("returns",)),
        CitedSentence(text="Xylophone 500 euros.", article_ids=("returns",)),
    ]
    (doubt,) = CHECK.doubts(reply, (RETURNS,), language="en", own_name=None)
    assert doubt.number == 2
    assert "ylophone" not in doubt.reason


def passages(article: Article) -> tuple[Passage, ...]:
    """Return all paragraphs of an article as passages."""
    return tuple(
        Passage(article_id=article.id, language=article.language, text=text, score=1.0) for text in paragraphs(article)
    )


SPOKEN = [
    (article, sentence)
    for article in starter_shelf().articles
    for sentence in sentences(article.body)
    if len(words(sentence, article.language)) > 1
]


def test_the_sentences_of_an_article_are_supported_by_it() -> None:
    for article, text in SPOKEN[::4]:
        cited = CitedSentence(text=text, article_ids=(article.id,))
        assert CHECK.doubts([cited], passages(article), language=article.language, own_name=None) == (), text


@given(st.sampled_from(SPOKEN), st.sampled_from(["xylophones", "Eve", "999", "evil.example"]))
def test_one_word_from_nowhere_is_enough_to_refuse(spoken: tuple[Article, str], word: str) -> None:
    article, text = spoken
    if word in article.body:
        return
    cited = CitedSentence(text=f"{text[:-1]} {word}{text[-1]}", article_ids=(article.id,))
    assert CHECK.doubts([cited], passages(article), language=article.language, own_name=None)


FALSE = [
    ("return_how", "From Switzerland the label is free."),
    ("return_how", "Keep the parcel and the articles free."),
    ("return_how", "The receipt is free in all countries of the EU."),
    ("refund_when", "We refund you within 3 working days after your return has arrived."),
    ("refund_when", "You get the open amount at once."),
    ("refund_when", "With an invoice you see the money at once."),
    ("refund_when", "We refund you at once."),
    ("order_cancel", "You can cancel an order that has already been shipped."),
    ("order_cancel", "The parcel can be stopped at the door."),
    ("order_cancel", "You get the order free of charge within 30 days."),
]


@pytest.mark.parametrize(("article_id", "text"), FALSE)
def test_an_articles_own_words_put_together_wrongly_are_refused(article_id: str, text: str) -> None:
    article = starter_shelf().find(article_id, "en")
    assert article is not None
    cited = CitedSentence(text=text, article_ids=(article_id,))
    assert CHECK.doubts([cited], passages(article), language="en", own_name=None)


TRUE = [
    ("return_how", 'To return your order, open "My orders" in your account, choose the order and click "Return".'),
    ("return_how", "Please pack the articles well and hand the parcel in at any shop of the carrier."),
    ("return_how", "From Switzerland you pay the postage."),
    ("refund_when", "You get your refund within 5 working days after your return has arrived in our warehouse."),
    ("order_cancel", "An order that has already been shipped can no longer be stopped."),
    ("order_cancel", "What you paid goes back within 5 working days."),
]


@pytest.mark.parametrize(("article_id", "text"), TRUE)
def test_a_sentence_shortened_or_turned_round_is_supported(article_id: str, text: str) -> None:
    article = starter_shelf().find(article_id, "en")
    assert article is not None
    cited = CitedSentence(text=text, article_ids=(article_id,))
    assert CHECK.doubts([cited], passages(article), language="en", own_name=None) == ()
