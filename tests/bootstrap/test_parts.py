"""What the settings alone describe."""

import math
from pathlib import Path

import pytest

from contracts.store_nouns import SHOP, arrival
from empty_store import open_stores_at
from postroom.bootstrap.parts import (
    FOLDER_SENDER,
    MAILBOX_ID,
    can_be_read,
    journal_of,
    ledger_memory,
    made_up_mailbox,
    mailbox_of,
    mock_mail,
    models_folder,
    nothing_known,
    notifier_settings,
    open_classifiers,
    open_receiver,
    open_sender,
    shelf,
)
from postroom.errors import ConfigurationError, PluginError
from postroom.model.mailbox import Mode, SentPolicy
from postroom.settings import Settings


def settings(folder: Path, **values: object) -> Settings:
    return Settings.model_validate({"data_dir": folder, **values})


def real(folder: Path, **values: object) -> Settings:
    """Settings of a mailbox of one's own."""
    place = {"mailbox_kind": "maildir", "mailbox_path": folder / "box", "mailbox_address": "help@shop.example"}
    return settings(folder, **place, **values)


def test_the_articles_of_the_made_up_shop_never_answer_a_real_mailbox(tmp_path: Path) -> None:
    real = settings(tmp_path, mailbox_kind="maildir", mailbox_path=tmp_path, mailbox_address="help@shop.example")
    assert shelf(real).articles == ()
    assert shelf(settings(tmp_path, mailbox_kind="mock")).articles


def test_only_the_mock_mailbox_has_a_name_that_nobody_set(tmp_path: Path) -> None:
    real = settings(tmp_path, mailbox_kind="maildir", mailbox_path=tmp_path, mailbox_address="help@shop.example")
    assert mailbox_of(real).address.name == ""
    assert mailbox_of(real.model_copy(update={"mailbox_display_name": "Shop help"})).address.name == "Shop help"
    assert mailbox_of(settings(tmp_path, mailbox_kind="mock")).address.name == "Lindenhof support"


def test_a_mailbox_of_the_settings_sends_into_a_folder_and_files_no_copies(tmp_path: Path) -> None:
    found = mailbox_of(real(tmp_path, mailbox_aliases=("info@shop.example",), workflow="ours"))
    assert (found.id, found.workflow, found.sender) == (MAILBOX_ID, "ours", FOLDER_SENDER)
    assert found.sent_policy is SentPolicy.NONE
    assert found.addresses == ("help@shop.example", "info@shop.example")


@pytest.mark.parametrize("mode", Mode)
def test_only_mail_that_cannot_reach_anybody_is_without_caps_and_of_any_age(tmp_path: Path, mode: Mode) -> None:
    found = mailbox_of(real(tmp_path, mode=mode.value))
    assert found.mode is mode
    assert (found.caps.per_day is None) == math.isinf(found.answer_within_hours) == (mode is Mode.OBSERVE)
    made_up = mailbox_of(settings(tmp_path, mailbox_kind="mock", mode=mode.value))
    assert made_up.caps.per_day is None
    assert math.isinf(made_up.answer_within_hours)


def test_generated_mail_is_only_that_of_the_mock_mailbox(tmp_path: Path) -> None:
    assert made_up_mailbox(settings(tmp_path, mailbox_kind="mock")) == MAILBOX_ID
    assert made_up_mailbox(real(tmp_path)) is None
    assert made_up_mailbox(settings(tmp_path)) is None


def test_the_same_seed_is_the_same_generated_mail_after_a_restart(tmp_path: Path) -> None:
    first, again = (mock_mail(settings(tmp_path, mock_seed=3, mock_emails=9)) for _ in range(2))
    assert first == again
    assert (first.seed, first.count) == (3, 9)


def test_articles_of_ones_own_go_before_all_others_and_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="nowhere"):
        shelf(settings(tmp_path, mailbox_kind="mock", articles_dir=tmp_path / "nowhere"))


def test_the_log_is_always_told_and_others_only_where_all_they_need_is_set(tmp_path: Path) -> None:
    assert notifier_settings(settings(tmp_path)) == {"log": {}}
    hook = {"webhook_url": "https://shop.example/hook", "webhook_secret": "whsec_" + "c2VjcmV0" * 4}
    both = settings(tmp_path, **hook, slack_webhook_url="https://hooks.slack.com/services/T0")
    assert list(notifier_settings(both)) == ["log", "webhook", "slack"]
    assert not any(one.get("allow_private") for one in notifier_settings(both).values())


def test_the_journal_lies_where_the_settings_say(tmp_path: Path) -> None:
    found = journal_of(settings(tmp_path, synchronous="normal", fast_journal=False))
    assert (found.synchronous, found.fast) == ("NORMAL", False)
    assert found.file is not None
    assert found.file.is_relative_to(tmp_path)
    assert not found.file.exists()


def test_a_model_that_is_there_is_opened_and_not_trained_anew(tmp_path: Path, models: Path) -> None:
    (tmp_path / "models").symlink_to(models)
    wanted = settings(tmp_path, languages=("en",))
    before = {path.name: path.stat().st_mtime_ns for path in (models / "linear").iterdir()}
    assert open_classifiers(wanted)["linear"].name.startswith("linear@")
    assert {path.name: path.stat().st_mtime_ns for path in (models_folder(wanted) / "linear").iterdir()} == before


async def test_whether_a_mailbox_can_be_read_is_found_out_by_reading(tmp_path: Path) -> None:
    made_up = settings(tmp_path, mailbox_kind="mock", mock_emails=1)
    opened = open_receiver(made_up, mailbox_of(made_up), nothing_known)
    assert await can_be_read(opened) == "it can be read"
    for part in ("cur", "new", "tmp"):
        (tmp_path / "box" / part).mkdir(parents=True)
    opened = open_receiver(real(tmp_path), mailbox_of(real(tmp_path)), nothing_known)
    assert await can_be_read(opened) == "it can be read, it holds nothing"
    await opened.receiver.close()


async def test_a_mailbox_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    opened = open_receiver(real(tmp_path), mailbox_of(real(tmp_path)), nothing_known)
    with pytest.raises(PluginError):
        await can_be_read(opened)
    await opened.receiver.close()


async def test_the_folder_of_replies_is_tried_where_it_lies(tmp_path: Path) -> None:
    sender = open_sender(settings(tmp_path, outbox_dir=tmp_path / "sent"))
    assert str(tmp_path / "sent") in await sender.check()
    await sender.close()


async def test_a_receiver_is_told_what_the_ledger_has_of_its_own_mailbox(tmp_path: Path) -> None:
    stores = await open_stores_at(tmp_path / "store.sqlite")
    await stores.ledger.accept([arrival(1), arrival(2)])
    mailbox = mailbox_of(real(tmp_path))
    assert await ledger_memory(stores, mailbox)("1", ["1", "2", "3"]) == frozenset()
    await stores.ledger.accept([arrival(3, mailbox=MAILBOX_ID)])
    assert await ledger_memory(stores, mailbox)("1", ["1", "2", "3"]) == {"3"}
    assert await nothing_known("1", ["1", "2"]) == frozenset()
    assert mailbox.id != SHOP
    await stores.connection.close()
