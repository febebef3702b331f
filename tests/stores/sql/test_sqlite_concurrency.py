"""Several users of one file: other event loops, other processes, and a process that is killed."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from contracts.store_nouns import (
    alarm,
    arrival,
    at,
    decision,
    event,
    flagged,
    limit,
    mailbox,
    message_id,
    reply,
    review,
    sent,
    workflow,
)
from postroom.interfaces.provider import Claim
from postroom.interfaces.stores import Stores
from postroom.model.allowance import Limit
from postroom.model.email import EmailId
from postroom.model.execution import EventKind, ExecutionStatus
from postroom.model.reply import ReplyId
from postroom.model.review import ReviewId
from postroom.model.workflow import WorkflowSlug
from postroom.stores.sql.open import open_stores

Result = TypeVar("Result")

PROCESSES = 3


def in_own_loops(path: Path, act: Callable[[Stores, int], Awaitable[Result]]) -> list[Result]:
    """Let several stores on one file act at the same moment, each in a thread and a loop of its own."""
    ready = threading.Barrier(PROCESSES)

    async def one(number: int) -> Result:
        stores = await open_stores(f"sqlite:///{path}")
        ready.wait(timeout=10)
        try:
            return await act(stores, number)
        finally:
            await stores.connection.close()

    async def all_of_them() -> list[Result]:
        return await asyncio.gather(*(asyncio.to_thread(asyncio.run, one(number)) for number in range(PROCESSES)))

    return asyncio.run(all_of_them())


async def _prepare(path: Path) -> None:
    stores = await open_stores(f"sqlite:///{path}")
    for number in range(20):
        await stores.outbox.add(replace(reply(f"r{number}"), email_id=EmailId(f"email-{number}")))
        await stores.reviews.add(review(f"r{number}"))
    await stores.connection.close()


def test_of_several_claims_one_is_granted(path: Path) -> None:
    asyncio.run(_prepare(path))

    async def claim(stores: Stores, _number: int) -> list[Claim]:
        return [await stores.outbox.claim(ReplyId(f"r{number}"), lease=1, at=at(1)) for number in range(20)]

    for claims in zip(*in_own_loops(path, claim), strict=True):
        assert sorted(claims) == [Claim.GRANTED, Claim.TAKEN, Claim.TAKEN]


def test_of_several_decisions_one_is_made(path: Path) -> None:
    asyncio.run(_prepare(path))

    async def decide(stores: Stores, who: int) -> list[bool]:
        return [await stores.reviews.decide(ReviewId(f"r{n}"), decision(f"person {who}")) for n in range(20)]

    for made in zip(*in_own_loops(path, decide), strict=True):
        assert sum(made) == 1


def test_of_taking_a_decision_back_and_making_it_final_one_succeeds(path: Path) -> None:
    made = replace(decision("kim"), not_before=at(12))

    async def prepare() -> None:
        await _prepare(path)
        stores = await open_stores(f"sqlite:///{path}")
        for number in range(20):
            await stores.reviews.decide(ReviewId(f"r{number}"), made)
        await stores.connection.close()

    asyncio.run(prepare())

    async def act(stores: Stores, who: int) -> list[bool]:
        names = [ReviewId(f"r{number}") for number in range(20)]
        if who == 0:
            return [await stores.reviews.finalise(name, at=at(12)) for name in names]
        return [await stores.reviews.undo(name, by="kim") for name in names]

    for final, *taken_back in zip(*in_own_loops(path, act), strict=True):
        assert sorted([final, *taken_back]) == [False, False, True]


def test_what_is_published_by_several_is_one_of_theirs(path: Path) -> None:
    async def act(stores: Stores, who: int) -> list[int]:
        saved = [
            await stores.workflows.save(workflow("support", title=f"{who} {number}"), at=at(who)) for number in range(5)
        ]
        for one in saved:
            await stores.workflows.publish(one.slug, one.version)
        return [one.version for one in saved]

    numbers = [number for one in in_own_loops(path, act) for number in one]
    assert sorted(numbers) == list(range(1, 5 * PROCESSES + 1))

    async def current(stores: Stores, _number: int) -> int:
        return (await stores.workflows.current(WorkflowSlug("support"))).version

    (version,) = set(in_own_loops(path, current))
    assert version in numbers


def test_the_same_mail_accepted_by_several_is_executed_once(path: Path) -> None:
    async def accept(stores: Stores, _number: int) -> list[bool]:
        found = []
        for number in range(20):
            (acceptance,) = await stores.ledger.accept([arrival(number)])
            found.append(acceptance.already_known)
        return found

    for known in zip(*in_own_loops(path, accept), strict=True):
        assert sorted(known) == [False, True, True]

    async def count(stores: Stores, _number: int) -> dict[ExecutionStatus, int]:
        return await stores.executions.count()

    assert in_own_loops(path, count) == [{ExecutionStatus.QUEUED: 20}] * PROCESSES


def test_of_several_processes_exactly_the_cap_has_a_place(path: Path) -> None:
    seven = limit("shop", 7, total=True)

    async def take(stores: Stores, number: int) -> list[Limit | None]:
        tries = (stores.allowances.take(ReplyId(f"r{number}.{n}"), [seven], at=at(1)) for n in range(50))
        return list(await asyncio.gather(*tries))

    found = [one for taken in in_own_loops(path, take) for one in taken]
    assert found.count(None) == 7
    assert found.count(seven) == PROCESSES * 50 - 7


def test_of_several_changes_and_alarms_one_is_made(path: Path) -> None:
    async def prepare() -> None:
        stores = await open_stores(f"sqlite:///{path}")
        for number in range(20):
            await stores.mailboxes.add(mailbox(f"m{number}"))
        await stores.connection.close()

    asyncio.run(prepare())

    async def change(stores: Stores, who: int) -> list[tuple[bool, bool]]:
        changes = [replace(mailbox(f"m{number}"), workflow=f"flow {who}") for number in range(20)]
        return [
            (await stores.mailboxes.change(one), await stores.alarms.sound(alarm(one.id, minute=who)))
            for one in changes
        ]

    for made in zip(*in_own_loops(path, change), strict=True):
        assert [sum(kind) for kind in zip(*made, strict=True)] == [1, 1]


def test_signs_seen_by_several_raise_the_version_once_each(path: Path) -> None:
    mail = arrival(1)

    async def note(stores: Stores, _number: int) -> int:
        await stores.ledger.accept([mail])
        for n in range(10):
            await stores.ledger.note_answers([flagged(mail), sent(f"s{n}", message_id(mail))])
        return (await stores.emails.get(mail.email_id)).conversation_version

    assert in_own_loops(path, note) == [1] * PROCESSES

    async def version(stores: Stores, _number: int) -> int:
        return (await stores.emails.conversation((await stores.emails.get(mail.email_id)).conversation_id)).version

    assert in_own_loops(path, version) == [12] * PROCESSES


def test_no_event_appears_below_a_cursor_that_was_read(path: Path) -> None:
    async def write_and_read(stores: Stores, number: int) -> list[int]:
        seen: list[int] = []
        for step in range(30):
            made = event(f"x{number}", EventKind.NODE_STARTED, node=f"n{step}")
            await stores.executions.record([made])
            found = await stores.executions.events(after=seen[-1] if seen else 0)
            seen += [one.cursor for one in found]
        return seen

    for seen in in_own_loops(path, write_and_read):
        assert seen == list(range(1, len(seen) + 1))


def test_opening_a_new_file_from_several_threads_migrates_it_once(tmp_path: Path) -> None:
    async def check(stores: Stores, _number: int) -> str:
        return await stores.connection.check()

    assert len(set(in_own_loops(tmp_path / "new.db", check))) == 1


WRITE_UNTIL_KILLED = """
import asyncio, sys
from contracts.store_nouns import arrival
from postroom.stores.sql.open import open_stores

async def main():
    stores = await open_stores(sys.argv[1])
    for number in range(10_000):
        await stores.ledger.accept([arrival(number)])
        print(number, flush=True)

asyncio.run(main())
"""


def test_what_was_awaited_before_a_kill_is_there(path: Path) -> None:
    tests = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", WRITE_UNTIL_KILLED, f"sqlite:///{path}"],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(tests)},
    )
    assert process.stdout is not None
    with process:
        told = [int(process.stdout.readline()) for _ in range(25)]
        process.send_signal(signal.SIGKILL)
        told += [int(line) for line in process.stdout if line.endswith("\n")]
    assert process.returncode == -signal.SIGKILL

    async def known() -> set[str]:
        stores = await open_stores(f"sqlite:///{path}")
        found = await stores.ledger.known(arrival(0).raw.mailbox_id, "1", [str(number) for number in told])
        for number in told:
            assert await stores.emails.raw(arrival(number).email_id) == arrival(number).raw.content
        await stores.connection.close()
        return set(found)

    assert asyncio.run(known()) == {str(number) for number in told}
