"""What a node is: one coroutine with a typed config and named outputs.

```python
@node(name="keyword_branch", title="Branch on a word", config=KeywordBranchConfig, outputs=("found", "missing"))
async def keyword_branch(context: NodeContext, config: KeywordBranchConfig) -> Outcome:
    found = config.word.casefold() in context.email.new_text.casefold()
    return Outcome(output="found" if found else "missing")
```
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from pydantic import BaseModel

from postroom.interfaces.assurance import Assurance
from postroom.interfaces.classifier import Classifier
from postroom.interfaces.clock import Clock
from postroom.interfaces.notifier import Notifier
from postroom.interfaces.provider import Lookout, Sender
from postroom.interfaces.responder import Responder
from postroom.interfaces.stores import Stores
from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.email import Email, StoredEmail
from postroom.model.execution import ExecutionId, Outcome, SentReply
from postroom.model.mailbox import Mailbox
from postroom.model.review import Decision
from postroom.model.workflow import JsonValue, NodeId, RetryPolicy, WorkflowSlug


class Effect(StrEnum):
    """What running a node again would do, which decides how the engine guards it.

    `pure` computes: it is simply computed again. `read` asks something whose answer may change (a model, a search): its
    answer is journalled. `keyed` writes to the store under keys made from the execution: running it again finds what it
    wrote, so no journal is needed. `effect` changes the world: its outcome is journalled, and it guards itself.
    """

    PURE = "pure"
    READ = "read"
    KEYED = "keyed"
    EFFECT = "effect"

    @property
    def journalled(self) -> bool:
        """Whether the engine records the outcome before anything that follows from it."""
        return self in {Effect.READ, Effect.EFFECT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who Postroom is towards customers: the key that signs its Message-IDs."""

    secret: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything a node may use, by name where there may be several.

    The mappings follow what people add, change and remove meanwhile. `lookouts` are by id of the mailbox.
    """

    stores: Stores
    clock: Clock
    identity: Identity
    assurance: Assurance
    classifiers: Mapping[str, Classifier]
    responders: Mapping[str, Responder]
    notifiers: Mapping[str, Notifier]
    senders: Mapping[str, Sender]
    mailboxes: Mapping[str, Mailbox]
    lookouts: Mapping[str, Lookout] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeContext:
    """What one run of a node sees.

    `classification`, `draft` and `reply` come from the nodes before it (the nearest one that gave any); `reached_by`
    are the active incoming edges as (node, output). `decision` is what a person decided at a review before this node,
    `decided_here` what a person decided about this node itself. `done` is shared by all tries of this run: what a try
    puts there the next one finds, but no crash outlives it.
    """

    execution_id: ExecutionId
    workflow: WorkflowSlug
    version: int
    node_id: NodeId
    attempt: int
    dry_run: bool
    mailbox: Mailbox
    stored: StoredEmail
    services: Services
    reached_by: tuple[tuple[NodeId, str], ...] = ()
    classification: Classification | None = None
    draft: Draft | None = None
    decision: Decision | None = None
    decided_here: Decision | None = None
    reply: SentReply | None = None
    ignored: str | None = None
    done: set[str] = field(default_factory=set)

    @property
    def email(self) -> Email:
        """The e-mail as it reads."""
        return self.stored.email

    @property
    def key(self) -> str:
        """A key of this node in this execution, the same in every attempt and run."""
        return f"{self.execution_id}/{self.node_id}"


Config = TypeVar("Config", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeType(Generic[Config]):
    """A kind of node: its name, what its box says, its settings, its outputs and what running it again would do.

    `starts` marks triggers: they have no input. The output `failed` exists on every node besides `outputs`.
    """

    name: str
    title: str
    config: type[Config]
    outputs: tuple[str, ...]
    effect: Effect
    starts: bool
    retry: RetryPolicy
    body: Callable[[NodeContext, Config], Awaitable[Outcome]]

    def configure(self, values: Mapping[str, JsonValue]) -> Callable[[NodeContext], Awaitable[Outcome]]:
        """Return the node's body with its settings read.

        Raises:
            pydantic.ValidationError: the settings do not fit.
        """
        config = self.config.model_validate(dict(values))

        async def run(context: NodeContext) -> Outcome:
            return await self.body(context, config)

        return run


Body = Callable[[NodeContext, Config], Awaitable[Outcome]]


def node(  # noqa: PLR0913 - a declaration reads best as one flat list.
    *,
    name: str,
    title: str,
    config: type[Config],
    outputs: tuple[str, ...],
    effect: Effect = Effect.PURE,
    starts: bool = False,
    retry: RetryPolicy | None = None,
) -> Callable[[Body[Config]], NodeType[Config]]:
    """Make a node type of a coroutine; `retry` is its default policy."""

    def declare(body: Body[Config]) -> NodeType[Config]:
        return NodeType(
            name=name,
            title=title,
            config=config,
            outputs=outputs,
            effect=effect,
            starts=starts,
            retry=retry or RetryPolicy(),
            body=body,
        )

    return declare
