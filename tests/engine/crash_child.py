"""A house whose nodes throw dice and write down what fell; run as a program, it kills itself among parallel nodes."""

import asyncio
import os
import secrets
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from pydantic import BaseModel

from engine.house import QUICK, House, make_workflow, open_house
from postroom.interfaces.node import Effect, NodeContext, NodeType, node
from postroom.model.draft import Draft
from postroom.model.execution import Execution, Outcome

PARALLEL = ("p0", "p1", "p2", "p3")
WORKFLOW = make_workflow(
    {"s": "start", "first": "dice", **dict.fromkeys(PARALLEL, "dice"), "join": "dice", "end": "echo"},
    ["s>first", *(f"first>{name}" for name in PARALLEL), *(f"{name}>join" for name in PARALLEL), "join>end"],
)


class DiceConfig(BaseModel):
    """No settings."""


def recorded(folder: Path) -> int:
    """Return how many steps the journal holds."""
    with closing(sqlite3.connect(folder / "journal.sqlite")) as connection:
        (count,) = connection.execute("SELECT count(*) FROM operation_outputs").fetchone()
    return int(count)


def add_dice(house: House, victims: dict[str, int]) -> None:
    """Give the house nodes that throw dice; one of `victims` first waits for that many records, or kills at it."""

    async def dice(context: NodeContext, config: DiceConfig) -> Outcome:
        fallen = secrets.token_hex(8)
        with (house.folder / "ran.log").open("a") as log:
            log.write(f"{context.node_id} {fallen}\n")
        wanted = victims.get(context.node_id)
        if wanted is not None:
            while recorded(house.folder) < wanted:  # noqa: ASYNC110 - the journal tells nobody when it changes.
                await asyncio.sleep(0.01)
            os.kill(os.getpid(), signal.SIGKILL)
        draft = Draft(text=fallen, language="en", probability=1.0, passages=(), responder=context.node_id)
        return Outcome(output="main", draft=draft, note=fallen)

    async def echo(context: NodeContext, config: DiceConfig) -> Outcome:
        return Outcome(output="main", note=context.draft.text if context.draft else "")

    for effect, name, body in ((Effect.EFFECT, "dice", dice), (Effect.PURE, "echo", echo)):
        declare = node(name=name, title=name, config=DiceConfig, outputs=("main",), effect=effect, retry=QUICK)
        kind: object = declare(body)
        assert isinstance(kind, NodeType)
        house.types[name] = kind


async def live(folder: Path, victims: dict[str, int]) -> None:
    """Accept one e-mail and run it until a victim is reached."""
    async with open_house(folder) as house:
        add_dice(house, victims)
        async with house.engine() as engine:
            (_,) = await house.accept(WORKFLOW)
            await engine.quiet()


async def go_on(house: House) -> Execution:
    """Return the execution that the child left, once it has ended here."""
    add_dice(house, {})
    async with house.engine() as engine:
        await engine.quiet()
    (row,) = (await house.stores.executions.list()).rows
    return await house.stores.executions.get(row.id)


def main() -> None:
    """Be killed: `crash_child.py FOLDER NODE=RECORDS…`."""
    victims = {name: int(count) for name, count in (each.split("=") for each in sys.argv[2:])}
    asyncio.run(live(Path(sys.argv[1]), victims))


if __name__ == "__main__":
    main()
