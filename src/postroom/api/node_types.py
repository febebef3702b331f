"""`/node-types`: the kinds of nodes that workflows are made of."""

from functools import cache
from inspect import getdoc

from pydantic import BaseModel, Field, JsonValue

from postroom.api.access import Reader
from postroom.api.office import OfficeHere
from postroom.api.routing import router
from postroom.api.workflow_bodies import RetryBody
from postroom.discovery import Unavailable, discover
from postroom.interfaces.node import Effect, NodeType
from postroom.model.execution import FAILED_OUTPUT

ROUTER = router("/node-types", "node types")


class NodeTypeBody(BaseModel):
    """A kind of node: what its box says, its outputs, and the form of its settings."""

    name: str
    title: str
    description: str
    outputs: tuple[str, ...] = Field(description="Its outputs; `failed` is the last one of every kind.")
    effect: Effect
    starts: bool = Field(description="Whether it is a trigger: nothing leads into it.")
    config_schema: dict[str, JsonValue] = Field(description="The JSON Schema of its settings.")
    retry: RetryBody = Field(description="The retry policy of nodes that have none of their own.")


class NodeTypesBody(BaseModel):
    """The kinds of nodes that are installed, and those that miss a package."""

    node_types: tuple[NodeTypeBody, ...]
    unavailable: tuple[Unavailable, ...] = Field(description="What cannot be loaded, and what would install it.")


@ROUTER.get("")
async def list_node_types(office: OfficeHere, _caller: Reader) -> NodeTypesBody:
    """List every kind of node by name, and those that cannot be used here."""
    found = sorted(office.node_types.values(), key=lambda kind: kind.name)
    return NodeTypesBody(node_types=tuple(_body(kind) for kind in found), unavailable=_unavailable())


def _body(kind: NodeType[BaseModel]) -> NodeTypeBody:
    return NodeTypeBody(
        name=kind.name,
        title=kind.title,
        description=getdoc(kind.body) or "",
        outputs=(*kind.outputs, FAILED_OUTPUT),
        effect=kind.effect,
        starts=kind.starts,
        config_schema=kind.config.model_json_schema(),
        retry=RetryBody.model_validate(kind.retry, from_attributes=True),
    )


@cache
def _unavailable() -> tuple[Unavailable, ...]:
    # What is installed does not change while the process runs.
    return discover("postroom.nodes", NodeType).unavailable
