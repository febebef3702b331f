"""What is ordered over HTTP is there, and lies inside of what HTTP may reach."""

from dataclasses import replace
from pathlib import Path

import pytest

from contracts.store_models import A, model
from contracts.store_nouns import SHOP, SUPPORT, at, mailbox, workflow
from postroom.actions.accounts_fence import Fence
from postroom.actions.desk import Desk
from postroom.actions.trials import (
    BacktestWanted,
    ComparisonWanted,
    FileKind,
    MailFile,
    MailWanted,
    order_backtest,
    order_comparison,
)
from postroom.errors import InputError, NotFoundError
from postroom.model.job import JobKind, JobState

MAIL = MailWanted(mailbox=SHOP)
BACKTEST = BacktestWanted(mail=MAIL, workflow="", model="", minutes_per_answer=6.0, sample=20)
COMPARISON = ComparisonWanted(mail=MAIL, before="support@1", after="support", with_workflow="")


@pytest.fixture
async def shop(desk: Desk) -> Desk:
    """The desk of a Postroom with a mailbox, a workflow and a model."""
    await desk.stores.mailboxes.add(mailbox(SHOP))
    await desk.stores.workflows.save(workflow(SUPPORT), at=at(0))
    await desk.stores.models.add(model(A))
    return desk


async def test_an_order_waits_as_a_job(shop: Desk) -> None:
    job = await order_backtest(shop, replace(BACKTEST, model=A, workflow="support@1"), None)
    assert (job.kind, job.state, job.by) == (JobKind.BACKTEST, JobState.WAITING, "ann")
    assert (job.order["mailbox"], job.order["workflow"], job.order["model"]) == (SHOP, "support@1", A)
    compared = await order_comparison(shop, replace(COMPARISON, after=f"model:{A}"), None)
    assert (compared.kind, compared.order["after"]) == (JobKind.COMPARE, f"model:{A}")


@pytest.mark.parametrize(
    "wanted",
    [
        replace(BACKTEST, mail=MailWanted(mailbox="nowhere")),
        replace(BACKTEST, workflow="nothing"),
        replace(BACKTEST, workflow="support@9"),
        replace(BACKTEST, model="mo_none"),
    ],
)
async def test_what_is_not_there_is_said_before_anything_waits(shop: Desk, wanted: BacktestWanted) -> None:
    with pytest.raises(NotFoundError) as caught:
        await order_backtest(shop, wanted, None)
    assert caught.value.hint
    assert (await shop.stores.jobs.list()).rows == ()


@pytest.mark.parametrize("side", ["nothing", "support@9", "model:mo_none"])
async def test_both_sides_must_be_there(shop: Desk, side: str) -> None:
    for wanted in (replace(COMPARISON, before=side), replace(COMPARISON, after=side)):
        with pytest.raises(NotFoundError):
            await order_comparison(shop, wanted, None)
    assert (await shop.stores.jobs.list()).rows == ()


async def test_a_file_is_used_by_its_place_with_every_link_followed(shop: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    (folder / "old.csv").write_text("text\n", encoding="utf-8")
    (folder / "link.csv").symlink_to(folder / "old.csv")
    fence = Fence(folder=folder, private_allowed=False)
    file = MailFile(kind=FileKind.CSV, path="link.csv")
    job = await order_backtest(shop, replace(BACKTEST, mail=MailWanted(file=file)), fence)
    assert job.order["csv"] == str((folder / "old.csv").resolve())
    assert "mailbox" not in job.order


@pytest.mark.parametrize("path", ["../secret.csv", "out.csv", "/etc/passwd", "folder", "nothing.csv"])
async def test_what_leads_out_of_the_folder_or_is_no_file_is_refused(shop: Desk, tmp_path: Path, path: str) -> None:
    folder = tmp_path / "open"
    (folder / "folder").mkdir(parents=True)
    (tmp_path / "secret.csv").write_text("text\n", encoding="utf-8")
    (folder / "out.csv").symlink_to(tmp_path / "secret.csv")
    fence = Fence(folder=folder, private_allowed=False)
    wanted = replace(BACKTEST, mail=MailWanted(file=MailFile(kind=FileKind.CSV, path=path)))
    for limits in (fence, None):
        with pytest.raises(InputError) as caught:
            await order_backtest(shop, wanted, limits)
        assert caught.value.hint
    assert (await shop.stores.jobs.list()).rows == ()


async def test_an_order_without_any_mail_is_none(shop: Desk) -> None:
    with pytest.raises(InputError):
        await order_backtest(shop, replace(BACKTEST, mail=MailWanted()), None)
