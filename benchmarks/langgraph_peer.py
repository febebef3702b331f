"""The same graph and nodes in LangGraph with its SQLite saver (WAL, synchronous=FULL); one run, in its own process."""

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TypedDict

import aiosqlite
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph

from benchmarks.trivial import PARALLEL


class State(TypedDict, total=False):
    """What travels: the e-mail's id and where the router sends it."""

    email: str
    route: str


async def _nothing(state: State) -> State:
    return {"email": state["email"]}


async def _router(state: State) -> State:
    del state
    return {"route": "common"}


def _graph() -> StateGraph[State]:
    graph = StateGraph(State)
    for name in (
        "email_trigger",
        "ai_classifier",
        "urgent_handler",
        "human_review",
        "auto_responder",
        "email_sender",
        "data_logger",
    ):
        graph.add_node(name, _nothing)
    graph.add_node("priority_router", _router)
    graph.add_edge(START, "email_trigger")
    graph.add_edge("email_trigger", "ai_classifier")
    graph.add_edge("ai_classifier", "priority_router")
    graph.add_conditional_edges(
        "priority_router",
        lambda state: {"urgent": ["urgent_handler", "human_review"], "common": ["auto_responder"]}[state["route"]],
        ["urgent_handler", "human_review", "auto_responder"],
    )
    graph.add_edge("auto_responder", "email_sender")
    graph.add_edge("human_review", "email_sender")
    graph.add_edge("email_sender", "data_logger")
    graph.add_edge("data_logger", END)
    return graph


async def run(emails: int, folder: Path) -> dict[str, float]:
    """Run `emails` threads of the graph, ten at a time."""
    async with aiosqlite.connect(folder / "checkpoints.sqlite") as connection:
        await connection.execute("PRAGMA journal_mode=WAL")
        await connection.execute("PRAGMA synchronous=FULL")
        saver = AsyncSqliteSaver(connection)
        await saver.setup()
        compiled = _graph().compile(checkpointer=saver)
        gate = asyncio.Semaphore(PARALLEL)
        times: list[float] = []

        async def one(index: int) -> None:
            async with gate:
                began = time.monotonic()
                await compiled.ainvoke({"email": str(index)}, {"configurable": {"thread_id": str(index)}})
                times.append((time.monotonic() - began) * 1000)

        began, cpu = time.monotonic(), time.process_time()
        await asyncio.gather(*(one(index) for index in range(emails)))
        seconds, cpu_seconds = time.monotonic() - began, time.process_time() - cpu
    times.sort()
    return {
        "per_second": emails / seconds,
        "cpu_ms": cpu_seconds * 1000 / emails,
        "p50_ms": times[len(times) // 2],
        "p99_ms": times[int(len(times) * 0.99)],
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        print(json.dumps(asyncio.run(run(int(sys.argv[1]), Path(place)))))
