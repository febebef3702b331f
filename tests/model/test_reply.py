"""Since when a reply has been tried."""

from dataclasses import replace

from contracts.store_nouns import at, reply


def test_patience_is_reckoned_from_when_it_was_made() -> None:
    assert replace(reply("r"), created_at=at(1), updated_at=at(5)).begun_at == at(1)


def test_who_has_it_tried_again_gives_it_new_patience() -> None:
    assert replace(reply("r"), created_at=at(1), retried_at=at(60)).begun_at == at(60)
