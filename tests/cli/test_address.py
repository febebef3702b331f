"""Where a running Postroom tells people to go."""

import pytest

from api.conftest import NOW
from postroom.bootstrap.web import open_web
from postroom.cli.address import say_where
from postroom.cli.opening import settings_of
from postroom.cli.starting import Start, running
from postroom.model.user import Role, User, UserId

ADMIN = User(id=UserId("us_1"), name="ann", display_name="Ann", role=Role.ADMIN, created_at=NOW, updated_at=NOW)


async def test_the_link_for_the_first_administrator_is_told_only_while_there_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POSTROOM_MOCK_EMAILS", "0")
    monkeypatch.setenv("POSTROOM_API_PORT", "0")
    async with (
        running(settings_of(), Start(log_level="ERROR")) as (postroom, engine),
        open_web(postroom, engine) as web,
    ):
        await say_where(postroom, web)
        first = capsys.readouterr().err
        assert f"{web.url}/api/v1/openapi.json" in first
        assert "#" in first.splitlines()[-1]
        assert await postroom.stores.users.add(ADMIN)
        await say_where(postroom, web)
        assert capsys.readouterr().err.splitlines() == first.splitlines()[:-1]
