"""Borders: places at which the child can be told to kill or to stop itself."""

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from signal import Signals
from typing import ParamSpec, TypeVar

from pydantic import BaseModel

from postroom.interfaces.node import NodeContext, NodeType
from postroom.model.execution import Outcome
from torture.talk import Place

Target = TypeVar("Target")
Params = ParamSpec("Params")
Result = TypeVar("Result")

STORE_METHODS = {
    "ledger": ("accept",),
    "executions": ("settle", "record", "requeue"),
    "reviews": ("add", "close", "decide"),
    "outbox": ("add", "claim", "record"),
    "records": ("put",),
    "examples": ("put",),
    "judgements": ("put",),
}
MAIL_STORE_METHODS = {**STORE_METHODS, "outbox": ("add", "claim", "record", "defer", "filed")}
NODES = (
    "email_trigger",
    "ai_classifier",
    "priority_router",
    "urgent_handler",
    "human_review",
    "auto_responder",
    "email_sender",
    "data_logger",
)
SIDES = "<>"


def _sides_of(methods_of: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    return tuple(
        f"{name}.{method}:{side}" for name, methods in methods_of.items() for method in methods for side in SIDES
    )


NODE_BORDERS = tuple(f"node.{name}:{side}" for name in NODES for side in SIDES)
BORDERS = (
    *_sides_of(STORE_METHODS),
    *NODE_BORDERS,
    "sender:connected",
    "sender:claimed",
    "sender:half",
    "sender:accepted",
    "receiver:fetched",
)
WIRE_BORDERS = tuple(f"wire.{place}" for place in Place)
"""Places in the talk with the servers: the wire sends the signal in place of the child itself."""

MAIL_ROOM_BORDERS = (
    "receiver:fetched",
    *_sides_of({"receiver": ("acknowledge",), "sent_folder": ("file",)}),
)
MAIL_BORDERS = (*WIRE_BORDERS, *MAIL_ROOM_BORDERS, *_sides_of(MAIL_STORE_METHODS), *NODE_BORDERS)
"""All borders of a run over IMAP and SMTP, those that only it has first."""


@dataclass
class Borders:
    """Sends `signal` to this process when `target` is crossed for the `nth` time: SIGKILL ends it, SIGSTOP stops it."""

    target: str | None
    nth: int = 1
    signal: Signals = Signals.SIGKILL
    crossed: int = 0

    def cross(self, name: str) -> None:
        """Note that a border is crossed; it may be the last thing that happens."""
        if name == self.target:
            self.crossed += 1
            if self.crossed == self.nth:
                os.kill(os.getpid(), self.signal)

    def around(self, name: str, call: Callable[Params, Awaitable[Result]]) -> Callable[Params, Awaitable[Result]]:
        """Return `call` with a border before and behind it."""

        @wraps(call)
        async def crossing(*args: Params.args, **kwargs: Params.kwargs) -> Result:
            self.cross(f"{name}:<")
            result = await call(*args, **kwargs)
            self.cross(f"{name}:>")
            return result

        return crossing

    def watch(self, name: str, target: Target, methods: Sequence[str]) -> Target:
        """Return a twin of `target`, sharing its state, whose `methods` are borders."""
        kind = type(target)
        watched = {method: self.around(f"{name}.{method}", getattr(kind, method)) for method in methods}
        twin: object = object.__new__(type(f"Watched{kind.__name__}", (kind,), watched))
        twin.__dict__.update(vars(target))
        assert isinstance(twin, kind)
        return twin

    def watch_node(self, kind: NodeType[BaseModel]) -> NodeType[BaseModel]:
        """Return the kind of node with borders around its body."""

        async def body(context: NodeContext, config: BaseModel) -> Outcome:
            return await self.around(f"node.{kind.name}", kind.body)(context, config)

        return replace(kind, body=body)
