"""What is ordered over HTTP is there, and lies inside of what HTTP may reach."""

from dataclasses import replace
from pathlib import Path

import pytest

from contracts.store_models import A, model
from contracts.store_nouns import SHOP, SUPPORT, at, mailbox, workflow
from postroom.actions.accounts_fence import Fence
from postroom.actions.desk import Desk
from postroom.actions.trials import file_inside, order_backtest, order_comparison
from postroom.errors import InputError, NotFoundError
from postroom.model.job import JobKind, JobState
from postroom.trials.order import BacktestOrder, CompareOrder, MailFile, MailKind, MailOrder, Side

MAIL = MailOrder(mailbox_id=SHOP)
BACKTEST = BacktestOrder(mail=MAIL)
COMPARISON = CompareOrder(mail=MAIL, before="support@1", after="support")


@pytest.fixture
async def shop(desk: Desk) -> Desk:
    """The desk of a Postroom with a mailbox, a workflow and a model."""
    await desk.stores.mailboxes.add(mailbox(SHOP))
    await desk.stores.workflows.save(workflow(SUPPORT), at=at(0))
    await desk.stores.models.add(model(A))
    return desk


async def test_an_order_waits_as_a_job(shop: Desk) -> None:
    job = await order_backtest(shop, replace(BACKTEST, side=Side(model=A, workflow="support@1")), None)
    assert (job.kind, job.state, job.by) == (JobKind.BACKTEST, JobState.WAITING, "ann")
    assert job.order["side"] == {"workflow": "support@1", "model": A}
    compared = await order_comparison(shop, replace(COMPARISON, after=f"model:{A}"), None)
    assert (compared.kind, compared.order["after"]) == (JobKind.COMPARE, f"model:{A}")


async def test_the_model_that_came_with_the_installation_can_be_tried_by_its_name(shop: Desk) -> None:
    assert (await order_backtest(shop, replace(BACKTEST, side=Side(model="starter")), None)).order["side"] == {
        "workflow": "",
        "model": "starter",
    }
    compared = await order_comparison(shop, replace(COMPARISON, before="model:starter", after=f"model:{A}"), None)
    assert compared.order["before"] == "model:starter"


@pytest.mark.parametrize(
    "wanted",
    [
        replace(BACKTEST, mail=MailOrder(mailbox_id="nowhere")),
        replace(BACKTEST, side=Side(workflow="nothing")),
        replace(BACKTEST, side=Side(workflow="support@9")),
        replace(BACKTEST, side=Side(model="mo_none")),
    ],
)
async def test_what_is_not_there_is_said_before_anything_waits(shop: Desk, wanted: BacktestOrder) -> None:
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
    file = MailFile(kind=MailKind.CSV, path="link.csv")
    job = await order_backtest(shop, replace(BACKTEST, mail=MailOrder(file=file)), fence)
    mail = job.order["mail"]
    assert isinstance(mail, dict)
    assert mail["file"] == {"kind": "csv", "path": "old.csv"}
    assert str(tmp_path) not in str(job.order)
    assert file_inside(MailOrder(file=MailFile(kind=MailKind.CSV, path="old.csv")), fence) == folder / "old.csv"


@pytest.mark.parametrize("path", ["../secret.csv", "out.csv", "/etc/passwd", "folder", "nothing.csv"])
async def test_what_leads_out_of_the_folder_or_is_no_file_is_refused(shop: Desk, tmp_path: Path, path: str) -> None:
    folder = tmp_path / "open"
    (folder / "folder").mkdir(parents=True)
    (tmp_path / "secret.csv").write_text("text\n", encoding="utf-8")
    (folder / "out.csv").symlink_to(tmp_path / "secret.csv")
    fence = Fence(folder=folder, private_allowed=False)
    wanted = replace(BACKTEST, mail=MailOrder(file=MailFile(kind=MailKind.CSV, path=path)))
    for limits in (fence, None):
        with pytest.raises(InputError) as caught:
            await order_backtest(shop, wanted, limits)
        assert caught.value.hint
    assert (await shop.stores.jobs.list()).rows == ()


def test_what_led_out_of_the_folder_since_it_was_ordered_is_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    (folder / "old.csv").symlink_to(tmp_path / "secret.csv")
    (tmp_path / "secret.csv").write_text("text\n", encoding="utf-8")
    mail = MailOrder(file=MailFile(kind=MailKind.CSV, path="old.csv"))
    with pytest.raises(InputError, match="leads out"):
        file_inside(mail, Fence(folder=folder, private_allowed=False))


def test_an_order_without_any_mail_is_none() -> None:
    with pytest.raises(InputError):
        MailOrder()
