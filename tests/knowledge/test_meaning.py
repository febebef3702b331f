from dataclasses import replace

from knowledge.three_meanings import ThreeMeanings
from postroom.knowledge.article_vectors import ArticleVectors
from postroom.knowledge.articles import ArticleShelf, PersonTopic
from postroom.knowledge.match import Question
from postroom.knowledge.meaning import LEAST_SCORE, MOST_AT_ONCE, ArticleMeaning
from postroom.knowledge.search import ArticleSearch
from postroom.model.article import Article, ArticleId
from postroom.model.classification import Label


def article(name: str, question: str, body: str, *, language: str = "en") -> Article:
    return Article(
        id=ArticleId(name), language=language, category=name, title=question, questions=(question,), body=body
    )


ARTICLES = (
    article("tracking", "Where is my parcel?", "The parcel comes in two days."),
    article("refund", "When do I get my refund?", "The refund takes a week."),
    article("login", "I forgot my password", "Choose a new password."),
    article("tracking", "Wo bleibt mein Paket?", "Das Paket kommt in zwei Tagen.", language="de"),
    article("refund", "Wann kommt meine Erstattung?", "Die Erstattung dauert eine Woche.", language="de"),
    article("login", "Passwort vergessen", "Neues Passwort setzen.", language="de"),
)
THEFT = PersonTopic(id="theft", language="en", category="login", questions=("My locked out account was stolen",))


def asked(text: str, *, language: str = "en", category: str = "other") -> Question:
    return Question(subject="", text=text, language=language, category=Label(name=category, probability=0.5))


def meaning(*articles: Article, persons: tuple[PersonTopic, ...] = ()) -> tuple[ArticleMeaning, ThreeMeanings]:
    embedder = ThreeMeanings()
    return ArticleMeaning(ArticleSearch(ArticleShelf(articles, persons)), ArticleVectors(embedder)), embedder


def test_other_words_of_the_same_meaning_find_their_article_in_its_language() -> None:
    found, _ = meaning(*ARTICLES)
    english = found.nearest(asked("Why am I locked out?"))
    german = found.nearest(asked("Ich will endlich Geld sehen", language="de"))
    assert english is not None
    assert german is not None
    assert (english.article.id, english.article.language, english.could_answer) == ("login", "en", True)
    assert (german.article.id, german.article.language, german.could_answer) == ("refund", "de", True)


def test_the_category_decides_between_articles_that_are_equally_near() -> None:
    found, _ = meaning(*ARTICLES)
    nearest = found.nearest(asked("Something else altogether", category="refund"))
    assert nearest is not None
    assert nearest.article.id == "refund"


def test_what_a_person_must_answer_is_not_answered_by_an_article() -> None:
    found, _ = meaning(*ARTICLES, persons=(THEFT,))
    nearest = found.nearest(asked("account stolen, locked out"))
    assert nearest is not None
    assert nearest.article.id == "login"
    assert not nearest.before_persons
    assert not nearest.could_answer


def test_an_article_that_is_far_from_the_mail_answers_nothing() -> None:
    found, _ = meaning(*ARTICLES)
    nearest = found.nearest(asked("Why am I locked out?"))
    assert nearest is not None
    assert not replace(nearest, score=LEAST_SCORE - 0.1).could_answer


def test_a_mail_without_words_and_a_shelf_without_articles_find_nothing() -> None:
    found, embedder = meaning(*ARTICLES)
    assert found.nearest(asked("??? 123")) is None
    assert found.nearest(asked("my package", language="fr")) is None
    assert meaning()[0].nearest(asked("my package")) is None
    assert meaning(persons=(THEFT,))[0].nearest(asked("my package")) is None
    assert embedder.texts == []


def test_a_language_is_embedded_at_its_first_question_and_once() -> None:
    found, embedder = meaning(*ARTICLES)
    found.nearest(asked("my package"))
    assert found.prepared == ("en",)
    assert len(embedder.texts) == 7  # Three questions, three articles, and the mail.
    found.nearest(asked("my package"))
    assert len(embedder.texts) == 8


def test_a_renewed_shelf_embeds_what_is_new_and_nothing_else() -> None:
    found, embedder = meaning(*ARTICLES)
    found.prepare(["en"])
    before = len(embedder.texts)
    changed = replace(ARTICLES[0], body="The parcel comes in three days.")
    renewed = found.renewed(ArticleSearch(ArticleShelf((changed, *ARTICLES[1:]))))
    assert renewed.prepared == ("en",)
    assert embedder.texts[before:] == ["Where is my parcel?\nThe parcel comes in three days."]


def test_a_language_that_left_the_shelf_is_no_longer_prepared() -> None:
    found, _ = meaning(*ARTICLES)
    found.prepare(["en", "de"])
    assert found.renewed(ArticleSearch(ArticleShelf(ARTICLES[:3]))).prepared == ("en",)


def test_the_mail_is_embedded_as_classifiers_embed_it() -> None:
    found, embedder = meaning(*ARTICLES)
    found.nearest(replace(asked("my package"), subject="Hello"))
    assert embedder.texts[-1] == "Hello\nmy package"


def test_a_large_shelf_is_embedded_over_several_mails_or_at_once_when_prepared() -> None:
    long = tuple(
        article(f"long{at}", "Anything?" * at, "word " * (MOST_AT_ONCE // 8), language="en") for at in (1, 2, 3)
    )
    found, _ = meaning(*ARTICLES[:3], *long)
    assert found.nearest(asked("my package")) is None
    assert found.nearest(asked("my package")) is not None
    prepared, _ = meaning(*ARTICLES[:3], *long)
    prepared.prepare(["en"])
    assert prepared.nearest(asked("my package")) is not None
