"""The folder of a demo: nothing else is ever emptied, and nothing in it reaches anybody."""

import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from postroom.cli.demo_folder import MARK, as_demo, demo_settings, fresh_folder, share_models
from postroom.cli.only_one import only_one
from postroom.errors import ConflictError
from postroom.settings import Settings


def demo_in(folder: Path, *, emails: int = 3, seed: int = 5) -> Settings:
    return demo_settings(Settings(data_dir=folder), folder=folder, emails=emails, seed=seed)


def test_nothing_of_a_demo_reaches_anybody_whatever_else_is_configured(tmp_path: Path) -> None:
    real = Settings(
        data_dir=tmp_path / "real",
        store_url="postgresql://db.shop.example/postroom",
        mailbox_kind="maildir",
        mailbox_path=tmp_path / "maildir",
        mailbox_address="help@shop.example",
        mailbox_aliases=("info@shop.example",),
        articles_dir=tmp_path,
        webhook_url="https://shop.example/hook",
        webhook_secret=SecretStr("whsec_c2VjcmV0"),
        slack_webhook_url=SecretStr("https://hooks.slack.com/services/T0"),
    )
    demo = demo_settings(real, folder=tmp_path / "demo", emails=3, seed=5)
    assert demo.mailbox_kind == "mock"
    assert (demo.mailbox_path, demo.articles_dir, demo.mailbox_aliases) == (None, None, ())
    assert (demo.webhook_url, demo.webhook_secret, demo.slack_webhook_url) == (None, None, None)
    assert "shop.example" not in demo.store_url + demo.journal_url + demo.mailbox_address
    assert demo.outbox_dir.is_relative_to(tmp_path / "demo")


def test_the_folder_is_emptied_and_notes_which_demo_it_holds(tmp_path: Path) -> None:
    settings = demo_in(tmp_path / "demo")
    with fresh_folder(settings):
        (settings.data_dir / "outbox").mkdir()
        (settings.data_dir / "outbox" / "1.eml").touch()
        (settings.data_dir / "postroom.db").touch()
    with fresh_folder(demo_in(settings.data_dir, emails=7, seed=9)):
        left = {path.name for path in settings.data_dir.iterdir()}
    assert {name for name in left if not name.endswith(".lock")} == {MARK}
    found = as_demo(Settings(data_dir=settings.data_dir))
    assert (found.mailbox_kind, found.mock_emails, found.mock_seed) == ("mock", 7, 9)


def test_a_link_in_it_is_removed_and_what_it_leads_to_is_not(tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / "linear").touch()
    settings = demo_in(tmp_path / "demo")
    with fresh_folder(settings):
        share_models(models, settings.data_dir / "models")
    with fresh_folder(settings):
        assert not (settings.data_dir / "models").exists()
    assert (models / "linear").exists()


def test_what_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    precious = tmp_path / "thesis.txt"
    precious.write_text("ten years", encoding="utf-8")
    with pytest.raises(ConflictError) as caught, fresh_folder(demo_in(tmp_path)):
        pass
    assert caught.value.hint
    assert precious.read_text(encoding="utf-8") == "ten years"


def test_a_demo_that_is_running_is_not_emptied(tmp_path: Path) -> None:
    settings = demo_in(tmp_path / "demo")
    with fresh_folder(settings):
        (settings.data_dir / "postroom.db").touch()
    with only_one(settings), pytest.raises(ConflictError), fresh_folder(settings):
        pass
    assert (settings.data_dir / "postroom.db").exists()


@pytest.mark.parametrize("noted", ["", "[]", "no json", '{"emails": 3}', '{"emails": "many", "seed": 1}', "\x00"])
def test_a_folder_with_a_note_that_cannot_be_read_is_no_demos(tmp_path: Path, noted: str) -> None:
    (tmp_path / MARK).write_text(noted, encoding="utf-8")
    settings = Settings(data_dir=tmp_path)
    assert as_demo(settings) is settings
    assert as_demo(Settings(data_dir=tmp_path / "nowhere")).data_dir == tmp_path / "nowhere"


def test_shared_models_are_the_same_files_and_the_folder_is_made_where_it_is_missing(tmp_path: Path) -> None:
    share_models(tmp_path / "models", tmp_path / "link")
    (tmp_path / "link" / "linear").touch()
    assert (tmp_path / "models" / "linear").exists()
    assert json.dumps([path.name for path in (tmp_path / "models").iterdir()]) == '["linear"]'
