"""The stage of a trial: what it says of itself, and by which model it decides."""

from pathlib import Path

import pytest

from postroom.bootstrap.trials import open_stage
from postroom.errors import NotFoundError
from postroom.settings import Settings
from postroom.trials.order import Side
from postroom.trials.terms import notices_of


@pytest.fixture
def settings(tmp_path: Path, models: Path) -> Settings:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(models)
    return Settings(data_dir=tmp_path / "data", mailbox_kind="mock")


async def test_a_trial_of_the_made_up_shop_says_so(settings: Settings) -> None:
    async with open_stage(settings, None) as stage:
        terms = (await stage.play(Side())).terms
    assert (terms.made_up, terms.mailbox_id, terms.language_model) == (True, "main", False)
    assert terms.assumed_threshold is None


@pytest.mark.parametrize(
    "change",
    [
        {"language_model_use": "unsure"},
        {"language_model_rephrase": True},
    ],
)
async def test_that_a_language_model_is_left_out_is_said(settings: Settings, change: dict[str, object]) -> None:
    async with open_stage(settings.model_copy(update=change), None) as stage:
        play = await stage.play(Side())
    assert any("without the language model" in one.text for one in notices_of(play.terms))


async def test_a_maildir_of_the_settings_is_a_mailbox_that_nothing_is_proven_of(
    settings: Settings, tmp_path: Path
) -> None:
    change = {"mailbox_kind": "maildir", "mailbox_path": tmp_path, "mode": "review"}
    async with open_stage(settings.model_copy(update=change), None) as stage:
        terms = (await stage.play(Side(), assumed=0.7)).terms
    assert (terms.made_up, terms.mailbox_id, terms.mode, terms.articles) == (False, "main", "review", 0)
    assert terms.assumed_threshold == 0.7
    assert "more reviewed e-mails" in terms.unproven
    assert not terms.trained_here


async def test_that_the_starter_model_is_trained_is_said_where_it_has_to_be(settings: Settings, tmp_path: Path) -> None:
    told: list[str] = []
    async with open_stage(settings, None) as stage:
        stage.say_what_takes_time(told.append)
    assert told == []
    async with open_stage(settings.model_copy(update={"data_dir": tmp_path / "new"}), None) as stage:
        stage.say_what_takes_time(told.append)
    assert told == ["Training the starter model, only this once"]


async def test_a_model_that_there_is_not_is_an_error(settings: Settings) -> None:
    async with open_stage(settings, None) as stage:
        assert (await stage.play(Side(model="starter"))).terms.trained_here is False
        with pytest.raises(NotFoundError):
            await stage.play(Side(model="mo_nothing"))
