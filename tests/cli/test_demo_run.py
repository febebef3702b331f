"""The run of a demo, with more mails than are given at a time."""

from pathlib import Path

from postroom.cli.demo_folder import demo_settings, share_models
from postroom.cli.demo_run import AT_A_TIME, play
from postroom.cli.opening import settings_of
from postroom.cli.starting import Start, running
from postroom.model.execution import ExecutionStatus

EMAILS = AT_A_TIME + 4


async def test_every_mail_comes_to_rest_and_is_judged(tmp_path: Path, models: Path) -> None:
    folder = tmp_path / "demo"
    settings = demo_settings(settings_of(), folder=folder, emails=EMAILS, seed=1003)
    folder.mkdir()
    share_models(models, folder / "models")
    async with running(settings, Start(log_level="ERROR")) as (postroom, engine):
        outcome = await play(postroom, engine)
        counts = await postroom.stores.executions.count()
    assert (outcome.report.received, outcome.report.lost, outcome.report.duplicated) == (EMAILS, 0, 0)
    assert len(outcome.mails) == EMAILS
    assert len(outcome.wrong) == outcome.report.answered_wrong
    assert not {ExecutionStatus.QUEUED, ExecutionStatus.RUNNING} & set(counts)
    assert len(list(settings.outbox_dir.glob("*.eml"))) == outcome.report.answered > 0
