from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from contracts.store_nouns import SHOP, arrival, at, workflow
from postroom.actions.desk import Desk
from postroom.actions.reconcile import PAGE, reconcile
from postroom.interfaces.provider import Fetched, Receiver
from postroom.model.email import RawEmail
from postroom.model.execution import ExecutionStatus, FinalState
from postroom.model.ledger import Quarantined
from postroom.providers import Known, Surroundings
from postroom.providers.maildir import MaildirConfig, MaildirReceiver


def maildir(folder: Path, count: int) -> Path:
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    for number in range(count):
        (folder / "new" / f"{number:04d}").write_bytes(b"Subject: %d\r\n\r\nHello\r\n" % number)
    return folder


async def test_mail_that_the_ledger_does_not_know_is_missing(desk: Desk, tmp_path: Path) -> None:
    folder = maildir(tmp_path / "mail", PAGE + 3)
    known_ids: list[str] = []

    async def open_reader(known: Known) -> Receiver:
        return MaildirReceiver(MaildirConfig(path=folder), Surroundings(mailbox_id=SHOP, known=known))

    async def none_known(uid_validity: str, uids: object) -> frozenset[str]:
        del uid_validity, uids
        return frozenset()

    fetched = await (await open_reader(none_known)).fetch(None, limit=2)
    await desk.stores.workflows.save(workflow("support"), at=at(0))
    arrivals = [replace(arrival(n), raw=raw, version=1) for n, (raw, _) in enumerate(fetched.emails)]
    await desk.stores.ledger.accept(arrivals)
    known_ids += [one.raw.uid for one in arrivals]

    told: list[int] = []
    found = await reconcile(desk.stores, SHOP, open_reader, tell=told.append)

    assert (found.in_mailbox, found.in_ledger, len(found.missing)) == (PAGE + 3, 2, PAGE + 1)
    assert not {place.uid for place in found.missing} & set(known_ids)
    assert found.states == {"under_way": 2}
    assert not found.complete
    assert told[-1] == PAGE + 3


async def test_the_ledgers_entries_are_counted_by_what_became_of_them(desk: Desk, tmp_path: Path) -> None:
    folder = maildir(tmp_path / "mail", 0)
    mails = [replace(arrival(n), version=1) for n in range(3)]
    again = replace(mails[0], raw=replace(mails[0].raw, uid="9"))
    await desk.stores.ledger.accept([*mails, again])
    states = (FinalState.ANSWERED, FinalState.FAILED)
    for mail, state in zip(mails, states, strict=False):
        execution = await desk.stores.executions.get(mail.execution_id)
        await desk.stores.executions.settle(replace(execution, status=ExecutionStatus.SUCCEEDED, final_state=state), ())
    spoilt = replace(mails[0].raw, uid="10")
    entry = Quarantined(
        id="q", mailbox_id=SHOP, uid_validity="1", uid="10", reason="size", size_bytes=9, at=datetime.now(UTC)
    )
    await desk.stores.ledger.quarantine(spoilt, cursor="c", entry=entry)

    async def open_reader(known: Known) -> Receiver:
        return MaildirReceiver(MaildirConfig(path=folder), Surroundings(mailbox_id=SHOP, known=known))

    found = await reconcile(desk.stores, SHOP, open_reader, tell=lambda _: None)

    assert found.states == {"answered": 1, "failed": 1, "under_way": 1, "quarantined": 1}
    assert (found.duplicates, found.in_ledger) == (1, 5)
    assert sorted(place.state for place in found.problems) == ["failed", "quarantined"]
    assert found.complete
    await desk.stores.ledger.dismiss_quarantined("q")
    later = await reconcile(desk.stores, SHOP, open_reader, tell=lambda _: None)
    assert later.states == {"answered": 1, "failed": 1, "under_way": 1, "dismissed": 1}
    assert [place.state for place in later.problems] == ["failed"]
    assert later.in_ledger == 5


@dataclass(slots=True)
class Gaps:
    """A mailbox whose middle batch is empty, as where its messages were deleted while they were read."""

    batches: dict[str | None, Fetched]

    async def fetch(self, cursor: str | None, *, limit: int) -> Fetched:
        return self.batches[cursor]

    async def wait(self, *, timeout_seconds: float) -> None:
        raise NotImplementedError

    async def acknowledge(self, email: RawEmail) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        pass


async def test_mail_behind_an_empty_batch_is_looked_at_too(desk: Desk) -> None:
    first, last = arrival(1).raw, arrival(2).raw
    batches = {
        None: Fetched(emails=((first, "a"),), more=True),
        "a": Fetched(emails=(), more=True, cursor="b"),
        "b": Fetched(emails=((last, "c"),), more=False),
        "c": Fetched(emails=(), more=False),
    }

    async def open_reader(known: Known) -> Receiver:
        return Gaps(batches)

    found = await reconcile(desk.stores, SHOP, open_reader, tell=lambda _: None)
    assert [place.uid for place in found.missing] == [first.uid, last.uid]
