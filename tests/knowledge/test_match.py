from postroom.knowledge.articles import ArticleShelf, starter_shelf
from postroom.knowledge.evidence import IntentEvidence
from postroom.knowledge.match import Match, Question, match, match_of
from postroom.knowledge.search import ArticleSearch
from postroom.model.classification import Label

SEARCH = ArticleSearch(starter_shelf())


def found(text: str, category: str, probability: float = 0.9, *, subject: str = "") -> Match:
    label = Label(name=category, probability=probability)
    result = match(SEARCH, Question(subject=subject, text=text, language="en", category=label))
    assert result is not None
    return result


def test_the_category_decides_between_articles_that_share_words() -> None:
    text = "Question about the voucher, the card and the money"
    assert found(text, "voucher", 0.99).article.category == "voucher"
    assert found(text, "refund", 0.99).article.category == "refund"


def test_clear_words_outvote_an_unsure_category() -> None:
    assert found("I forgot my password and cannot log in", "loyalty", 0.2).article.id == "account_password"


def test_the_subject_counts() -> None:
    assert found("See above.", "returns", subject="Where is my return label?").article.id == "return_how"


def test_a_question_for_a_person_leads_over_the_articles() -> None:
    evidence = found("You refunded less than I paid, part of the amount is missing", "refund").evidence
    assert evidence.lead_over_person < 0


def test_small_talk_does_not_drown_the_question() -> None:
    chatter = "We had a lovely week at the lake with the grandchildren. The weather was fine. "
    assert found(f"{chatter}How do I unsubscribe from the newsletter? {chatter}", "privacy").article.id == (
        "privacy_newsletter"
    )


def test_evidence_says_what_agrees() -> None:
    evidence = found("How do I buy a gift card?", "voucher", 0.8).evidence
    assert (evidence.agreement, evidence.category_probability, evidence.second_topic) == (1.0, 0.8, 0.0)
    assert 0 < evidence.coverage <= 1
    assert evidence.numbers()[0] == evidence.lead


def asked(intent: Label | None, second: Label | None = None) -> Match:
    category = Label(name="voucher", probability=0.6)
    text = "Question about the voucher and the gift card"
    question = Question(subject="", text=text, language="en", category=category, intent=intent, second_intent=second)
    result = match(SEARCH, question)
    assert result is not None
    return result


def test_the_intent_decides_between_articles_of_a_category() -> None:
    for article in ("voucher_buy", "voucher_redeem"):
        result = asked(Label(name=article, probability=0.95))
        assert result.article.id == article
        assert result.evidence.intent == IntentEvidence(agreement=0.95, second=0.0)


def test_an_intent_that_is_another_topic_speaks_against_the_article() -> None:
    evidence = asked(Label(name="payment_double", probability=0.7)).evidence
    assert evidence.intent == IntentEvidence(agreement=-0.7, second=0.0)


def test_a_sentence_about_something_else_is_counted_unless_it_is_the_article_itself() -> None:
    intent = Label(name="voucher_buy", probability=0.9)
    other = asked(intent, Label(name="return_how", probability=0.8)).evidence.intent
    same = asked(intent, Label(name="voucher_buy", probability=0.8)).evidence.intent
    assert other == IntentEvidence(agreement=0.9, second=0.8)
    assert same == IntentEvidence(agreement=0.9, second=0.0)


def test_an_intent_that_no_topic_bears_changes_nothing() -> None:
    assert asked(Label(name="somebody_elses", probability=0.99)) == asked(None)


def test_nothing_in_common_is_no_match() -> None:
    label = Label(name="other", probability=0.9)
    assert match(SEARCH, Question(subject="", text="", language="en", category=label)) is None
    nothing = ArticleSearch(ArticleShelf([]))
    assert match(nothing, Question(subject="", text="parcel", language="en", category=label)) is None


def test_the_evidence_for_another_article_is_that_of_one_that_is_behind() -> None:
    question = Question(
        subject="", text="How do I buy a gift card?", language="en", category=Label(name="voucher", probability=0.8)
    )
    best, other = match(SEARCH, question), starter_shelf().find("voucher_redeem", "en")
    assert best is not None
    assert other is not None
    behind = match_of(SEARCH, question, other)
    assert behind is not None
    assert match_of(SEARCH, question, best.article) == best
    assert behind.article == other
    assert behind.evidence.lead < 0 < best.evidence.lead


def test_an_article_that_shares_no_word_has_no_evidence() -> None:
    article = starter_shelf().find("voucher_buy", "en")
    assert article is not None
    label = Label(name="other", probability=0.9)
    assert match_of(SEARCH, Question(subject="", text="", language="en", category=label), article) is None
