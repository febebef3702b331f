"""How many past e-mails a back-test tries a second with the linear model, in one process and in two.

Run as `python -m benchmarks.backtest`; prints JSON.
"""

import asyncio
import json
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.progress import say
from postroom.bootstrap.parts import open_classifiers
from postroom.bootstrap.trials_run import TrialRun, run_backtest
from postroom.logs import configure_logging
from postroom.providers.mock.generate import email_at
from postroom.settings import MOCK_ADDRESS, Settings
from postroom.trials.order import BacktestOrder, MailFile, MailKind, MailOrder

EMAILS = 2000
START = datetime(2026, 1, 5, 8, tzinfo=UTC)


class Pace:
    """Notes when the first and the last e-mail were told of."""

    def __init__(self) -> None:
        self.began = 0.0
        self.ended = 0.0

    async def __call__(self, done: int, total: int) -> None:
        del done, total
        self.began = self.began or time.monotonic()
        self.ended = time.monotonic()


def write_mbox(path: Path, *, seed: int) -> None:
    """Write generated mail as an mbox file."""
    with path.open("wb") as file:
        for index in range(EMAILS):
            one = email_at(seed, index, mailbox_address=MOCK_ADDRESS, start=START)
            body = one.content.replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ")
            file.write(f"From mock {one.received_at:%a %b %d %H:%M:%S %Y}\n".encode() + body + b"\n")


async def run(settings: Settings, mbox: Path, *, processes: int) -> dict[str, float]:
    """Back-test the file; the rate counts from when the stage is set, `whole_seconds` everything."""
    order = BacktestOrder(mail=MailOrder(file=MailFile(kind=MailKind.MBOX, path=str(mbox))))
    pace, began, cpu = Pace(), time.monotonic(), time.process_time()
    report = await run_backtest(order, None, settings, pace, TrialRun(processes=processes))
    assert report.emails > EMAILS * 0.9
    assert not report.fates["failed"]
    return {
        "per_second": report.emails / (pace.ended - pace.began),
        "whole_seconds": time.monotonic() - began,
        "cpu_ms_here": (time.process_time() - cpu) * 1000 / report.emails,
    }


def measure() -> dict[str, object]:
    """Return the figures, with how busy the machine was."""
    configure_logging("CRITICAL")
    with tempfile.TemporaryDirectory() as place:
        settings = Settings(data_dir=Path(place), mailbox_kind="mock")
        open_classifiers(settings)
        mbox = Path(place) / "past.mbox"
        write_mbox(mbox, seed=11)
        found: dict[str, object] = {"emails": EMAILS, "load": os.getloadavg()[0]}
        for processes in (1, 2):
            say(f"back-test with {processes} process(es)")
            found[f"processes_{processes}"] = asyncio.run(run(settings, mbox, processes=processes))
    return found


if __name__ == "__main__":
    print(json.dumps(measure()))
