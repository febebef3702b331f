"""`postroom guarantee`: the promise in words and as JSON."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from cli.conftest import Postroom
from empty_store import open_stores_at
from postroom.bootstrap.embedding import embedding_of
from postroom.classifiers.linear import LinearClassifier
from postroom.knowledge.article_vectors import ArticleVectors
from postroom.knowledge.articles import ArticleShelf
from postroom.knowledge.meaning import ArticleMeaning
from postroom.knowledge.search import ArticleSearch
from postroom.model.example import ExampleId
from postroom.model.judgement import Decider, Judgement
from postroom.responders.articles import ArticleResponder
from postroom.settings import Settings
from reviewed import reviewed


@pytest.fixture
def maildir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Maildir as the mailbox of the settings."""
    for name in ("new", "cur", "tmp"):
        (tmp_path / "maildir" / name).mkdir(parents=True)
    monkeypatch.setenv("POSTROOM_MAILBOX_KIND", "maildir")
    monkeypatch.setenv("POSTROOM_MAILBOX_PATH", str(tmp_path / "maildir"))
    monkeypatch.setenv("POSTROOM_MAILBOX_ADDRESS", "help@shop.example")


async def keep(folder: Path, judgements: list[Judgement]) -> None:
    stores = await open_stores_at(folder / "postroom.db")
    await stores.judgements.put(judgements)
    await stores.connection.close()


def _drafter() -> str:
    """Return who drafts in a real mailbox here: words and meaning."""
    search = ArticleSearch(ArticleShelf(()))
    embedder = embedding_of(Settings()).for_search()
    meaning = ArticleMeaning(search, ArticleVectors(embedder)) if embedder else None
    return ArticleResponder(search, meaning, languages=Settings().languages).name


def put_history(folder: Path, number: int, *, wrong_audits: int = 0) -> None:
    model = LinearClassifier.load(folder / "models" / "linear", languages=("en",)).name
    _, judged = reviewed(Decider(model=model, responder=_drafter()), number)
    judged = [replace(one, category="delivery") for one in judged]
    last = judged[-1]
    wrong = [
        replace(last, example_id=ExampleId(f"wrong/{place}"), right=False, automatic=True)
        for place in range(wrong_audits)
    ]
    asyncio.run(keep(folder, [*judged, *wrong]))


@pytest.mark.usefixtures("maildir")
def test_without_any_review_it_says_how_many_it_takes(postroom: Postroom) -> None:
    found = postroom("guarantee")
    assert found.exit_code == 0
    assert "Promised: 95.0% of the automatic replies are right" in found.stdout
    assert "nothing is answered by itself yet. 0 e-mails are reviewed; at least 201 more are needed." in found.stdout


@pytest.mark.usefixtures("maildir")
def test_with_enough_reviews_it_shows_the_threshold_the_categories_and_the_dial(
    postroom: Postroom, tmp_path: Path
) -> None:
    put_history(tmp_path / "data", 100)
    found = postroom("guarantee")
    assert "from 0.950 on. Of 100 reviewed e-mails 100.0% would be answered by itself, 100.0% of that" in found.stdout
    assert "delivery" in found.stdout
    assert "99.5%" in found.stdout
    state = json.loads(postroom("guarantee", "--json").stdout)
    (model,) = state["models"]
    assert (model["threshold"], model["automated"], model["automation"]) == (0.95, 100, True)
    assert [point["target"] for point in model["dial"]] == sorted(point["target"] for point in model["dial"])
    assert [point["coverage"] for point in model["dial"] if point["target"] >= 0.98] == [0.0, 0.0, 0.0]


@pytest.mark.usefixtures("maildir")
def test_a_demotion_is_the_first_thing_it_says(postroom: Postroom, tmp_path: Path) -> None:
    put_history(tmp_path / "data", 200, wrong_audits=3)
    found = postroom("guarantee").stdout
    assert "DRIFT: the category delivery was demoted: of the newest 3 judged replies 0 were right" in found
    assert "It was demoted: all of it goes to people." in found
    # Only what answers the mail raises alarms: who looks may know other models than it does.
    assert "demoted" not in postroom("alarm", "list").stdout


def test_of_generated_mail_the_shipped_threshold_counts(postroom: Postroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTROOM_MAILBOX_KIND", "mock")
    found = postroom("guarantee").stdout
    assert "the made-up shop's mail: answered from 0.95 on, as measured on generated mail; 0 reviewed." in found


@pytest.mark.usefixtures("maildir")
def test_that_nothing_is_audited_is_said_plainly(postroom: Postroom, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "NOT AUDITED" not in postroom("guarantee").stdout
    monkeypatch.setenv("POSTROOM_AUDIT_SHARE", "0")
    assert "NOT AUDITED: audit_share is 0" in postroom("guarantee").stdout
