"""A crew must give what one process gives, and leave nothing open."""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from postroom.errors import PluginError
from postroom.mime.content_hash import content_hash
from postroom.trials.backtest_crew import crew
from postroom.trials.backtest_rehearsal import Rehearsal
from postroom.trials.past_mail import PastEmail
from trials.past import breaking, mock_contents, noted_rehearsal, small_play


async def test_a_crew_gives_what_one_process_gives_and_closes_what_it_opened(tmp_path: Path) -> None:
    emails = [
        PastEmail(key=content_hash(content), content=content, received_at=at) for content, at in mock_contents(24)
    ]
    async with small_play(tmp_path) as play:
        rehearsal = Rehearsal(play)
        alone = [await rehearsal.rehearse(one) for one in emails]
    (tmp_path / "crew").mkdir()
    async with crew(partial(noted_rehearsal, tmp_path / "crew"), processes=2) as rehearse:
        first, second = await asyncio.gather(rehearse(emails[:12]), rehearse(emails[12:]))
    assert [*first, *second] == alone
    opened = list((tmp_path / "crew").iterdir())
    assert opened
    assert all((own / "closed").exists() for own in opened)


async def test_a_process_that_ends_is_an_error_with_a_hint() -> None:
    async with crew(partial(breaking, 3), processes=1) as rehearse:
        with pytest.raises(PluginError, match="ended"):
            await rehearse([])
