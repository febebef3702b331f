"""The run of a demo: a folder of its own, a mock mailbox, the real engine, and the judgement."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from postroom.bootstrap import Postroom, ledger_memory, mock_mail, open_receiver, shelf
from postroom.cli.output import progress_bar
from postroom.engine.runtime import Engine
from postroom.intake.receive import receive_once
from postroom.interfaces.provider import Fetched, Receiver
from postroom.model.email import RawEmail
from postroom.model.execution import ExecutionStatus
from postroom.trials.demo import DemoMail, Scene, gather, mails
from postroom.trials.judge import DemoReport, judge, wrong_answers

LOOK_SECONDS = 0.2
AT_A_TIME = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOutcome:
    """What a demo came to: the figures, what became of each mail, and why an answer was wrong, by content hash."""

    report: DemoReport
    mails: tuple[DemoMail, ...]
    wrong: tuple[str, ...]


async def play(postroom: Postroom, engine: Engine) -> DemoOutcome:
    """Receive everything, wait until every mail rests, and judge what became of it."""
    started = time.perf_counter()
    with progress_bar() as bar:
        task = bar.add_task("Mails at rest", total=postroom.settings.mock_emails)
        async with asyncio.TaskGroup() as group:
            watch = group.create_task(_watch(postroom, lambda done: bar.update(task, completed=done)))
            reception = postroom.reception(engine)
            await receive_once(replace(reception, receiver=_OneAfterTheOther(reception.receiver, engine)))
            await engine.quiet()
            seconds = time.perf_counter() - started
            watch.cancel()
    settings = postroom.settings
    receiver = open_receiver(settings, postroom.mailbox, ledger_memory(postroom.stores, postroom.mailbox)).receiver
    scene = Scene(receiver=receiver, mail=mock_mail(settings), shelf=shelf(settings), outbox=settings.outbox_dir)
    evidence = await gather(postroom.stores, scene)
    await receiver.close()
    wrong = wrong_answers(evidence)
    return DemoOutcome(
        report=judge(evidence, seconds=seconds),
        mails=await mails(postroom.stores, evidence),
        wrong=tuple(f"ex_{digest[:32]}: {reason}" for digest, reason in wrong.items()),
    )


class _OneAfterTheOther:
    """The mock mailbox as customers fill it: some mails at a time, more when those before are nearly worked off.

    Given all at once, a customer's second mail would lie there before the first could be answered.
    """

    def __init__(self, mailbox: Receiver, engine: Engine) -> None:
        self._mailbox = mailbox
        self._engine = engine

    async def fetch(self, cursor: str | None, *, limit: int) -> Fetched:
        """Return the next mails, few enough to keep the engine busy and no more."""
        await self._engine.calm(below=AT_A_TIME)
        return await self._mailbox.fetch(cursor, limit=min(limit, AT_A_TIME))

    async def wait(self, *, timeout_seconds: float) -> None:
        """Wait as the mailbox does."""
        await self._mailbox.wait(timeout_seconds=timeout_seconds)

    async def acknowledge(self, email: RawEmail) -> None:
        """Acknowledge as the mailbox does."""
        await self._mailbox.acknowledge(email)

    async def close(self) -> None:
        """Close the mailbox."""
        await self._mailbox.close()


async def _watch(postroom: Postroom, tell: Callable[[int], None]) -> None:
    moving = {ExecutionStatus.QUEUED, ExecutionStatus.RUNNING}
    while True:
        counts = await postroom.stores.executions.count()
        tell(sum(number for status, number in counts.items() if status not in moving))
        await asyncio.sleep(LOOK_SECONDS)
