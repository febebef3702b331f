"""The main job over real IMAP (Dovecot) and SMTP (aiosmtpd): its rate beside the mock mailbox's, latency, fetch rate.

Both rates come from the same generated mail, run by turns in processes of their own; the SMTP peer is one as well.
"""

import asyncio
import json
import multiprocessing
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from multiprocessing.connection import Connection
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from benchmarks import main_job  # noqa: E402
from benchmarks.progress import say  # noqa: E402
from postroom.bootstrap import Postroom, Receptions, open_postroom, open_store  # noqa: E402
from postroom.engine.runtime import Engine  # noqa: E402
from postroom.intake.receive import receive_once  # noqa: E402
from postroom.logs import configure_logging  # noqa: E402
from postroom.model.account import Account, AccountFamily  # noqa: E402
from postroom.model.email import Address, MailboxId  # noqa: E402
from postroom.model.mailbox import Caps, Mailbox, Mode, SentPolicy  # noqa: E402
from postroom.model.reply import ReplyState  # noqa: E402
from postroom.model.workflow import JsonValue  # noqa: E402
from postroom.providers.mock.generate import generate  # noqa: E402
from postroom.sealing import Seal  # noqa: E402
from postroom.settings import Settings  # noqa: E402
from reviewed import review_history  # noqa: E402
from servers.dovecot import PASSWORD, Dovecot, running_dovecot  # noqa: E402
from servers.smtp import smtp_server  # noqa: E402

NAME = MailboxId("support")
USER = "support"
ADDRESS = "support@lindenhof.example"
NO_CAPS = Caps(per_correspondent=None, per_domain=None, per_conversation=None, per_hour=None, per_day=None)
EMAILS = 400
ROUNDS = 5
FETCHED = 2_000
ONE_BY_ONE = 40
QUESTION = "How long does delivery take, and what are the shipping costs?"


def measure() -> dict[str, object]:
    """Return the rates over mock and mail with their ratio, the latency of single mails, and the rate of fetching."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        models = folder / "models"
        mock, mail = [], []
        for round_ in range(ROUNDS):
            say(f"main job over mock and mail, round {round_ + 1} of {ROUNDS}")
            mock.append(_process("benchmarks.main_job", "run", folder / f"mock-{round_}", models, round_))
            mail.append(_process("benchmarks.mail", "run", folder / f"mail-{round_}", models, round_))
        ratios = [over_mail["per_second"] / plain["per_second"] for plain, over_mail in zip(mock, mail, strict=True)]
        say("latency of single mails")
        latency = _process("benchmarks.mail", "latency", folder / "latency", models, ONE_BY_ONE)
        say("fetching")
        fetch = [_process("benchmarks.mail", "fetch", folder / f"fetch-{n}", models, FETCHED) for n in range(3)]
    return {
        "emails": EMAILS,
        "mock_per_second": _median(mock, "per_second"),
        "mail_per_second": _median(mail, "per_second"),
        "ratio_mail_to_mock": round(statistics.median(ratios), 2),
        "mail_cpu_ms": _median(mail, "cpu_ms"),
        "mail_sent": int(_median(mail, "sent")),
        "mail_peak_mb": _median(mail, "peak_mb"),
        "latency": latency,
        "fetched_per_second": round(statistics.median(one["per_second"] for one in fetch)),
    }


async def run(folder: Path, models: Path, seed: int) -> dict[str, float]:
    """Answer `EMAILS` generated mails that lie in a real mailbox, through a real SMTP server."""
    with running_dovecot() as dovecot, _peer() as port:
        dovecot.add_user(USER)
        async with _opened(folder, models, dovecot, port) as (postroom, engine):
            dovecot.append_many(USER, [mail.content for mail in generate(seed, EMAILS, start=main_job.START)])
            reception = postroom.reception(engine, postroom.directory.open[NAME])
            began, cpu = time.monotonic(), time.process_time()
            received = await receive_once(reception)
            await engine.quiet()
            seconds, cpu_seconds = time.monotonic() - began, time.process_time() - cpu
            assert received == EMAILS
            sent = (await postroom.stores.outbox.count()).get(ReplyState.SENT, 0)
    return {
        "per_second": EMAILS / seconds,
        "cpu_ms": cpu_seconds * 1000 / EMAILS,
        "sent": sent,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


async def latency(folder: Path, models: Path, count: int) -> dict[str, float]:
    """Deliver one mail at a time to an idle system; return seconds from LMTP delivery to the SMTP server's 250."""
    seconds: list[float] = []
    with running_dovecot() as dovecot, smtp_server() as smtp:
        dovecot.add_user(USER)
        async with _opened(folder, models, dovecot, smtp.port) as (postroom, engine):
            receiving = asyncio.create_task(Receptions(postroom, engine).receive_forever())
            for number in range(count):
                # Long enough for the mailbox to be waited for again.
                await asyncio.sleep(0.7)
                began = time.monotonic()
                await asyncio.to_thread(dovecot.deliver, _question(number), USER)
                async with asyncio.timeout(30):
                    while len(smtp.accepted) <= number:  # noqa: ASYNC110 - the server thread tells nobody.
                        await asyncio.sleep(0.002)
                seconds.append(time.monotonic() - began)
            receiving.cancel()
            await asyncio.gather(receiving, return_exceptions=True)
    ordered = sorted(seconds)
    return {
        "mails": count,
        "p50_seconds": round(statistics.median(ordered), 3),
        "p95_seconds": round(ordered[int(0.95 * (count - 1))], 3),
    }


async def fetch(folder: Path, models: Path, count: int) -> dict[str, float]:
    """Fetch `count` generated mails from a real mailbox in batches of 50; nothing is stored."""
    with running_dovecot() as dovecot:
        dovecot.add_user(USER)
        async with _opened(folder, models, dovecot, 1) as (postroom, _):
            dovecot.append_many(USER, [mail.content for mail in generate(1, count, start=main_job.START)])
            receiver = postroom.directory.open[NAME].opened.receiver
            began, cursor, seen = time.monotonic(), None, 0
            while seen < count:
                fetched = await receiver.fetch(cursor, limit=50)
                seen += len(fetched.emails)
                cursor = fetched.emails[-1][1]
            return {"per_second": count / (time.monotonic() - began)}


@asynccontextmanager
async def _opened(folder: Path, models: Path, dovecot: Dovecot, port: int) -> AsyncIterator[tuple[Postroom, Engine]]:
    main_job.share(models, folder)
    with as_file(files("postroom.knowledge") / "starter") as articles:
        settings = Settings(data_dir=folder, articles_dir=articles, fast_journal=True)
        await _add(settings, dovecot, port)
        async with open_postroom(settings) as postroom:
            await review_history(postroom)
            engine = postroom.engine()
            await engine.start()
            try:
                yield postroom, engine
            finally:
                await engine.stop()


async def _add(settings: Settings, dovecot: Dovecot, port: int) -> None:
    now = datetime.now(UTC)
    sealed = Seal(settings.secret_bytes()).close(PASSWORD, place=f"receiver/{NAME}/password")
    imap: dict[str, JsonValue] = {
        "host": dovecot.host, "port": dovecot.imap_port, "security": "none", "username": USER,
    }  # fmt: skip
    smtp: dict[str, JsonValue] = {"host": "127.0.0.1", "port": port, "security": "none"}
    mailbox = Mailbox(
        id=NAME,
        address=Address(name="Lindenhof support", address=ADDRESS),
        workflow="customer_support",
        mode=Mode.AUTOMATIC,
        sent_policy=SentPolicy.APPEND,
        caps=NO_CAPS,
        # The generated mail bears the dates of another time.
        answer_within_hours=1e6,
        connected_at=now - timedelta(minutes=1),
    )
    async with open_store(settings) as stores:
        await stores.mailboxes.add(mailbox)
        receiver = Account(
            family=AccountFamily.RECEIVER,
            name=NAME,
            kind="imap",
            values=imap,
            sealed={"password": sealed},
            created_at=now,
            updated_at=now,
        )
        await stores.accounts.add(receiver)
        sender = Account(
            family=AccountFamily.SENDER,
            name="smtp",
            kind="smtp",
            values=smtp,
            sealed={},
            created_at=now,
            updated_at=now,
        )
        await stores.accounts.add(sender)


@contextmanager
def _peer() -> Iterator[int]:
    """Run an SMTP server in a process of its own; give its port."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield int(ours.recv())
    finally:
        ours.send("end")
        process.join(10)


def _serve(parent: Connection) -> None:
    with smtp_server() as server:
        parent.send(server.port)
        parent.recv()


def _question(number: int) -> bytes:
    return (
        f"From: Customer <customer{number}@customer{number}.example>\r\nTo: {ADDRESS}\r\n"
        f"Message-ID: <question-{number}@customer.example>\r\nSubject: Question\r\n\r\n"
        f"Hello,\r\n\r\n{QUESTION}\r\n\r\nKind regards\r\n"
    ).encode()


def _median(runs: list[dict[str, float]], name: str) -> float:
    return round(statistics.median(run[name] for run in runs), 1)


def _process(module: str, what: str, folder: Path, models: Path, number: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", module, what, str(folder), str(models), str(number)],
        stdout=subprocess.PIPE,
        text=True,
        timeout=1800,
        check=True,
    )
    shutil.rmtree(folder, ignore_errors=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


if __name__ == "__main__":
    configure_logging("CRITICAL")
    if len(sys.argv) == 1:
        print(json.dumps(measure()))
    else:
        measured = {"run": run, "latency": latency, "fetch": fetch}[sys.argv[1]]
        print(json.dumps(asyncio.run(measured(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])))))
