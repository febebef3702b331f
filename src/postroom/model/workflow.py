"""A workflow: nodes, the edges between their named outputs, and a version that never changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType

NodeId = NewType("NodeId", str)
WorkflowSlug = NewType("WorkflowSlug", str)

JsonScalar = str | int | float | bool | None
JsonValue = JsonScalar | list["JsonValue"] | dict[str, "JsonValue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often a node is tried and how long it may take.

    The n-th wait is `interval_seconds * factor**(n-1)`, at most `max_interval_seconds`, shortened at random by up to
    `jitter` (0..1) of itself.
    """

    max_attempts: int = 3
    interval_seconds: float = 1.0
    factor: float = 2.0
    max_interval_seconds: float = 60.0
    jitter: float = 0.2
    timeout_seconds: float = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One box of the graph: its type (a plug-in's name), its settings, its retry policy and its place on the canvas."""

    id: NodeId
    type: str
    title: str = ""
    config: Mapping[str, JsonValue] = field(default_factory=dict)
    retry: RetryPolicy | None = None
    position: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """From a node's named output to a node."""

    source: NodeId
    output: str
    target: NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A graph under a slug. A (`slug`, `version`) is written once and never changes; version 0 is not saved yet."""

    slug: WorkflowSlug
    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowVersion:
    """One stored version: its number, title, when it was saved (UTC, None: not noted), and whether it is in use."""

    version: int
    title: str
    saved_at: datetime | None
    published: bool
