"""What commands about models stand on."""

from pathlib import Path

import pytest

from postroom.cli.opening import settings_of
from postroom.cli.store import opened
from postroom.cli.train_stage import shown, workshop
from postroom.errors import ConfigurationError


async def test_the_workshop_has_the_model_that_came_with_the_installation_and_waits_for_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with workshop(tmp_path / "data") as shop:
        assert shop.ground.name.startswith("linear@")
        assert shop.folder == settings_of(tmp_path / "data").data_dir / "models"
        assert await shop.stores.models.in_use() is None
    assert capsys.readouterr().err == ""


async def test_a_wrong_article_is_told_before_anything_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path / "data"):
        pass
    monkeypatch.setenv("POSTROOM_ARTICLES_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(ConfigurationError, match="nowhere"):
        async with workshop(tmp_path / "data"):
            pass


async def test_progress_may_be_told_with_and_without_an_end_and_shows_nothing_where_nobody_looks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with shown("Texts") as progress:
        for done, total in ((0, 0), (3, 10), (10, 10)):
            await progress(done, total)
    assert tuple(capsys.readouterr()) == ("", "")
