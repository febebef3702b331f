"""By whose articles people's answers to observed e-mails are compared, and that it is by those of now."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from intake.scene import NOW, Scene, open_scene
from postroom.bootstrap.trials_shadow import shadow_of
from postroom.knowledge.articles import starter_shelf
from postroom.model.article import StoredArticle
from postroom.settings import Settings
from postroom.trials.shadow import ShadowKeeper
from trials.test_shadow import SAME, Letters, answer, observe

RETURN_HOW = next(one for one in starter_shelf().articles if (one.id, one.language) == ("return_how", "en"))


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_scene(tmp_path) as opened:
        await observe(opened)
        yield opened


async def agreement(scene: Scene, keeper: ShadowKeeper, *, later_seconds: int = 60) -> float:
    """Return how much of the draft a person's answer said, as it is noted."""
    assert await keeper.hear(answer(later_seconds=later_seconds), Letters(SAME).read)
    (judgement,) = await scene.stores.judgements.of_model("fixed@1")
    assert judgement.agreement is not None
    return judgement.agreement


async def test_an_article_that_is_written_meanwhile_counts_for_the_next_answer(scene: Scene, tmp_path: Path) -> None:
    keeper = shadow_of(Settings(data_dir=tmp_path), scene.stores)
    before = await agreement(scene, keeper)
    assert await scene.stores.articles.add(StoredArticle(article=RETURN_HOW, by="ann", updated_at=NOW))
    assert await agreement(scene, keeper, later_seconds=120) > before


async def test_the_made_up_shops_articles_are_never_compared_with_what_people_write(
    scene: Scene, tmp_path: Path
) -> None:
    made_up = await agreement(scene, shadow_of(Settings(data_dir=tmp_path, mailbox_kind="mock"), scene.stores))
    none = await agreement(scene, shadow_of(Settings(data_dir=tmp_path), scene.stores), later_seconds=120)
    assert made_up == none


async def test_articles_of_a_folder_count(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    head = "---\nid: return_how\nlanguage: en\ncategory: returns\ntitle: How to return\nquestions: [How?]\n---\n"
    (tmp_path / "articles" / "return_how.en.md").write_text(head + RETURN_HOW.body, encoding="utf-8")
    none = await agreement(scene, shadow_of(Settings(data_dir=tmp_path), scene.stores))
    with_folder = Settings(data_dir=tmp_path, articles_dir=tmp_path / "articles")
    assert await agreement(scene, shadow_of(with_folder, scene.stores), later_seconds=120) > none
