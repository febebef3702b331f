"""What keeps mail from machines, whatever it is labelled."""

from dataclasses import replace
from pathlib import Path

import pytest

from nodes.stage import classified, open_stage
from postroom.guard.answerable import against_rules, against_today, as_if_automatic, is_answerable
from postroom.model.mailbox import Mode


@pytest.mark.parametrize(
    ("changes", "answerable"),
    [
        ({}, True),
        ({"mode": Mode.REVIEW}, True),
        ({"stopped": "too many"}, True),
        # Another model may take the mail for another category.
        ({"automatic_categories": ("refund",)}, True),
        ({"pilot_addresses": ("bob@example.org",)}, False),
    ],
)
async def test_only_rules_about_the_mail_itself_keep_it_from_every_machine(
    tmp_path: Path, changes: dict[str, object], *, answerable: bool
) -> None:
    async with open_stage(tmp_path) as stage:
        mailbox = replace(stage.context.mailbox, **changes)  # type: ignore[arg-type]  # Each case names fields as they are.
        context = replace(stage.context, mailbox=mailbox, classification=classified())
        assert await is_answerable(context) is answerable
        assert (against_rules(context, as_if_automatic(mailbox)) is None) is (
            answerable and "automatic_categories" not in changes
        )


async def test_nobody_is_answered_by_a_machine_whose_address_bounced(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        assert await against_today(stage.context) is None
        await stage.suppress()
        assert "bounced" in str(await against_today(stage.context))
        assert not await is_answerable(stage.context)
