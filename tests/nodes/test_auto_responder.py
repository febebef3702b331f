"""The responder node, by table: sure only where nothing asks for a person."""

from dataclasses import replace

import pytest

from nodes.stage import DRAFT, Stage, classified
from postroom.errors import ConfigurationError
from postroom.model.draft import Draft
from postroom.model.mailbox import Mode

AT_THRESHOLD = replace(DRAFT, probability=0.8)


@pytest.mark.parametrize(
    ("draft", "mode", "dry_run", "cautions", "output"),
    [
        (DRAFT, Mode.AUTOMATIC, False, (), "sure"),
        (AT_THRESHOLD, Mode.AUTOMATIC, False, (), "sure"),
        (replace(DRAFT, probability=0.79), Mode.AUTOMATIC, False, (), "unsure"),
        (replace(DRAFT, passages=()), Mode.AUTOMATIC, False, (), "unsure"),
        (DRAFT, Mode.AUTOMATIC, False, ("encrypted",), "unsure"),
        (DRAFT, Mode.REVIEW, False, (), "unsure"),
        (DRAFT, Mode.OBSERVE, False, (), "unsure"),
        # A dry run shows what mode automatic would do.
        (DRAFT, Mode.REVIEW, True, (), "sure"),
        (DRAFT, Mode.REVIEW, True, ("encrypted",), "unsure"),
    ],
)
async def test_sure_or_not(
    stage: Stage, draft: Draft, mode: Mode, *, dry_run: bool, cautions: tuple[str, ...], output: str
) -> None:
    stage.model.draft = draft
    changes = {**stage.in_mode(mode), **stage.with_email(cautions=cautions), "dry_run": dry_run}
    found = await stage.play("auto_responder", {"threshold": 0.8}, classification=classified(), **changes)
    assert (found.output, found.draft) == (output, draft)


async def test_what_is_missing_is_said(stage: Stage) -> None:
    with pytest.raises(ConfigurationError, match="lacks a classification"):
        await stage.play("auto_responder")
    with pytest.raises(ConfigurationError, match="lacks the responder 'magic'"):
        await stage.play("auto_responder", {"responder": "magic"}, classification=classified())
