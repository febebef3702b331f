import pytest

from postroom.errors import ConfigurationError
from postroom.knowledge.article_files import read_markdown, read_yaml

ENTRY = "  - {id: a, category: c, title: T, questions: [Why?], body: Because.}\n"
FRONT = "---\nid: a\ncategory: c\ntitle: T\nquestions: [Why?]\n---\nFirst.\n\nSecond.\n"


def test_an_entry_takes_the_language_of_the_file_when_it_names_none() -> None:
    own = ENTRY.replace("id: a", "id: b, language: fr")
    entries = read_yaml(f"language: de\narticles:\n{ENTRY}{own}", where="x.yaml", language="en").articles
    assert [entry.language for entry in entries] == ["de", "fr"]
    assert entries[0].article().body == "Because."


def test_markdown_keeps_its_paragraphs() -> None:
    article = read_markdown(FRONT.replace("\n", "\r\n"), where="x.md", language="en").article()
    assert article.body == "First.\n\nSecond."
    assert article.questions == ("Why?",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("articles: [", "not valid YAML in line 2"),
        ("- a\n- b\n", "found list"),
        ("", "found NoneType"),
        ("{}", "neither `articles` nor `for_a_person`"),
        ("articles: 7\n", "`articles` '7'"),
        ("articles: [hello]\n", "articles.1.category"),
        (f"articles:\n{ENTRY.replace('Because.', '')}", "articles.1.body"),
        (f"articles:\n{ENTRY.replace('Because.', '<b>no</b>')}", "articles.1.body` '<b>no</b>'"),
        (f"articles:\n{ENTRY.replace('[Why?]', '[]')}", "articles.1.questions"),
        (f"articles:\n{ENTRY.replace('id: a', 'id: a b')}", "articles.1.id` 'a b'"),
        (f"articles:\n{ENTRY.replace('id: a', 'id: a, tone: x')}", "articles.1.tone"),
        (f"articles:\n{ENTRY.replace('id: a', 'id: a, language: english')}", "articles.1.language` 'english'"),
    ],
)
def test_a_wrong_yaml_file_is_refused_with_file_field_and_value(content: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_yaml(content, where="shop/x.yaml", language="en")
    assert message in caught.value.message
    assert caught.value.message.startswith("shop/x.yaml: ")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("No front matter", "the front matter is missing"),
        ("---\n- a\n---\nBody\n", "holds no fields"),
        (FRONT.replace("First.\n\nSecond.\n", ""), "`body`"),
        (FRONT.replace("title: T\n", ""), "`title`"),
    ],
)
def test_a_wrong_markdown_file_is_refused(content: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_markdown(content, where="x.md", language="en")
    assert message in caught.value.message
    assert caught.value.hint


def test_a_missing_language_is_named_with_what_to_do() -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_markdown(FRONT, where="x.md", language=None)
    assert "`language`" in caught.value.message
    assert "language:" in caught.value.hint
