"""Borders: places in the child at which it can be told to kill itself."""

import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import ParamSpec, TypeVar

from pydantic import BaseModel

from postroom.interfaces.node import NodeContext, NodeType
from postroom.model.execution import Outcome

Target = TypeVar("Target")
Params = ParamSpec("Params")
Result = TypeVar("Result")

STORE_METHODS = {
    "ledger": ("accept",),
    "executions": ("settle", "record", "requeue"),
    "reviews": ("add", "close", "decide"),
    "outbox": ("add", "claim", "record"),
    "records": ("put",),
}
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
BORDERS = (
    *(f"{store}.{method}:{side}" for store, methods in STORE_METHODS.items() for method in methods for side in "<>"),
    *(f"node.{name}:{side}" for name in NODES for side in "<>"),
    "sender:connected",
    "sender:claimed",
    "sender:half",
    "sender:accepted",
    "receiver:fetched",
)


@dataclass
class Borders:
    """Kills this process with SIGKILL when `target` is crossed for the `nth` time."""

    target: str | None
    nth: int = 1
    crossed: int = 0

    def cross(self, name: str) -> None:
        """Note that a border is crossed; it may be the last thing that happens."""
        if name == self.target:
            self.crossed += 1
            if self.crossed == self.nth:
                os.kill(os.getpid(), signal.SIGKILL)

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
