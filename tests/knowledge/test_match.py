from postroom.knowledge.articles import ArticleShelf, starter_shelf
from postroom.knowledge.match import Match, Question, match
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


def test_a_sentence_about_another_topic_is_a_rival() -> None:
    one = found("How do I buy a gift card?", "voucher").evidence
    two = found("How do I buy a gift card? How do I clean a cast iron pan?", "voucher").evidence
    assert two.rival > one.rival


def test_nothing_in_common_is_no_match() -> None:
    label = Label(name="other", probability=0.9)
    assert match(SEARCH, Question(subject="", text="", language="en", category=label)) is None
    nothing = ArticleSearch(ArticleShelf([]))
    assert match(nothing, Question(subject="", text="parcel", language="en", category=label)) is None
