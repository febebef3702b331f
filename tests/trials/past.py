"""What the tests of trials share: mock mail as an mbox file, a small stage without files, and tables."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

from assurances import FixedAssurance
from empty_store import open_stores_at
from engine.house import MAILBOX, SECRET
from nodes.stage import FixedModel, classified
from postroom.bootstrap import node_types
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.node import Identity, Services
from postroom.knowledge.articles import starter_shelf
from postroom.knowledge.search import ArticleSearch
from postroom.model.workflow import JsonValue, Workflow
from postroom.providers.mock.generate import email_at
from postroom.trials.backtest_memory import in_memory, silent
from postroom.trials.backtest_rehearsal import Play, Rehearsal
from postroom.trials.shadow_agreement import Agreement
from postroom.workflows.load import template

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
ADDRESS = "support@lindenhof.example"
TEMPLATE = template("customer_support")


def mock_contents(count: int, *, seed: int = 1003) -> list[tuple[bytes, datetime]]:
    """Return generated mails with the times they came."""
    made = (email_at(seed, index, mailbox_address=ADDRESS, start=START) for index in range(count))
    return [(one.content, one.received_at) for one in made]


def write_mbox(path: Path, contents: Sequence[tuple[bytes, datetime]]) -> Path:
    """Write mails as an mbox file."""
    with path.open("wb") as file:
        for content, at in contents:
            body = content.replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ")
            file.write(f"From mock {at:%a %b %d %H:%M:%S %Y}\n".encode() + body + b"\n")
    return path


def write_maildir(path: Path, contents: Sequence[tuple[bytes, datetime]]) -> Path:
    """Write mails as a Maildir whose mail was answered."""
    for name in ("new", "cur", "tmp"):
        (path / name).mkdir(parents=True)
    for index, (content, _) in enumerate(contents):
        (path / "cur" / f"{index:04}.mock:2,RS").write_bytes(content)
    return path


def bytes_below(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder, links not followed."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.is_symlink() for part in (path, *path.parents))
    }


@asynccontextmanager
async def small_play(
    folder: Path, workflow: Workflow = TEMPLATE, model: FixedModel | None = None
) -> AsyncIterator[Play]:
    """Give a play with a fixed model."""
    stores = await open_stores_at(folder / "scratch.sqlite")
    model = model or FixedModel(classified())
    services = Services(
        stores=in_memory(stores, ()),
        clock=SystemClock(),
        identity=Identity(secret=SECRET),
        assurance=FixedAssurance(),
        classifiers={"linear": model},
        responders={"articles": model},
        notifiers=silent(["log"]),
        senders={},
        mailboxes={MAILBOX.id: MAILBOX},
    )
    try:
        yield Play(
            workflow=workflow,
            types=node_types(),
            mailbox=MAILBOX,
            services=services,
            agreement=Agreement(ArticleSearch(starter_shelf())),
        )
    finally:
        await stores.connection.close()


def with_config(workflow: Workflow, node_id: str, **values: JsonValue) -> Workflow:
    """Return a workflow in which one node has other settings."""
    nodes = [replace(node, config={**node.config, **values}) if node.id == node_id else node for node in workflow.nodes]
    return replace(workflow, nodes=tuple(nodes))


@asynccontextmanager
async def noted_rehearsal(folder: Path) -> AsyncIterator[Rehearsal]:
    """Open what a process of the crew rehearses with, in a folder of its own, and note that it was closed."""
    own = Path(mkdtemp(dir=folder))
    async with small_play(own) as play:
        yield Rehearsal(play)
    (own / "closed").touch()


def breaking(code: int) -> AbstractAsyncContextManager[Rehearsal]:
    """End the process that opens this."""
    os._exit(code)
