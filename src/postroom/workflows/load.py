"""Workflows as YAML: read and write; the shipped templates."""

import re
from collections.abc import Mapping
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from postroom.errors import ConfigurationError, NotFoundError
from postroom.model.workflow import Edge, Node, NodeId, RetryPolicy, Workflow, WorkflowSlug

MAX_BYTES = 256 * 1024
MAX_DEPTH = 50
MAX_NUMBER_CHARS = 100
MAX_TOLD = 50
"""How many problems of one workflow are told at once."""
# Written in C where the wheel brings it: the one in Python takes seconds for a large file.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER = re.compile(r"[-+]?(0x[_0-9A-Fa-f]+|[.0-9][-+.:_0-9e]*)", re.IGNORECASE)


class _NodeText(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    type: str
    title: str = ""
    config: dict[str, JsonValue] = Field(default_factory=dict)
    retry: RetryPolicy | None = None
    position: tuple[float, float] = (0.0, 0.0)


class _WorkflowText(BaseModel):
    model_config = ConfigDict(extra="forbid")

    slug: str = Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")
    title: str
    nodes: list[_NodeText]
    edges: list[tuple[str, str]]


def read_workflow(text: str, *, source: str) -> Workflow:
    """Return the workflow that YAML `text` describes, unsaved (version 0); `source` names it in errors.

    Raises:
        ConfigurationError: it is not YAML or not a workflow, with every problem in the hint.
    """
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise ConfigurationError(f"Workflow {source!r} is larger than {MAX_BYTES} bytes.", hint="Split it.")
    try:
        found = _WorkflowText.model_validate(_plain_yaml(text))
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, ValidationError):
            raise _unreadable(error, source) from error
        raise ConfigurationError(f"Workflow {source!r} is not YAML: {error}.", hint="Check the indentation.") from error
    return Workflow(
        slug=WorkflowSlug(found.slug),
        title=found.title,
        nodes=tuple(_node(each) for each in found.nodes),
        edges=tuple(_edge(start, target, source) for start, target in found.edges),
    )


def write_workflow(workflow: Workflow) -> str:
    """Return YAML that `read_workflow` turns into the same workflow (its version apart)."""
    nodes: list[Mapping[str, object]] = []
    for node in workflow.nodes:
        entry: dict[str, object] = {"id": str(node.id), "type": node.type, "title": node.title}
        entry["position"] = list(node.position)
        if node.config:
            entry["config"] = dict(node.config)
        if node.retry is not None:
            entry["retry"] = {name: getattr(node.retry, name) for name in RetryPolicy.__dataclass_fields__}
        nodes.append(entry)
    document = {
        "slug": str(workflow.slug),
        "title": workflow.title,
        "nodes": nodes,
        "edges": [[f"{edge.source}.{edge.output}", str(edge.target)] for edge in workflow.edges],
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)


def template(slug: str) -> Workflow:
    """Return a shipped workflow.

    Raises:
        NotFoundError: there is none under this slug.
    """
    folder = resources.files("postroom.workflows") / "templates"
    file = folder / f"{slug}.yaml"
    names = sorted(each.name.removesuffix(".yaml") for each in folder.iterdir() if each.name.endswith(".yaml"))
    if slug not in names:
        raise NotFoundError(f"There is no workflow template {slug!r}.", hint=f"Shipped are: {', '.join(names)}.")
    return read_workflow(file.read_text(encoding="utf-8"), source=f"{slug}.yaml")


def _plain_yaml(text: str) -> object:
    """Return what YAML says that stands for no more than it is long: shallow, without aliases, tags and huge numbers.

    Raises:
        yaml.YAMLError, ValueError: it is not such YAML.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        # Both grow with the square of what is deep or long, so reading ends before it is all read.
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        problem = _problem(event, depth)
        if problem:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise ValueError(f"{problem} (line {line})")
    found: object = yaml.load(text, Loader=_LOADER)  # noqa: S506 -- one of the safe loaders
    return found


def _problem(event: yaml.Event, depth: int) -> str:
    """Return why YAML that says this is refused, empty where it is not."""
    if depth > MAX_DEPTH:
        return f"it is nested more than {MAX_DEPTH} levels deep"
    if isinstance(event, yaml.AliasEvent):
        return "aliases (*name) are not allowed"
    if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
        return "tags (!name) are not allowed"
    return "a number is too long" if isinstance(event, yaml.ScalarEvent) and _is_huge(event) else ""


def _is_huge(event: yaml.ScalarEvent) -> bool:
    plain, _ = event.implicit
    return plain and len(event.value) > MAX_NUMBER_CHARS and _NUMBER.fullmatch(event.value) is not None


def _unreadable(error: ValidationError, source: str) -> ConfigurationError:
    found = error.errors(include_url=False, include_input=False)
    told = [f"{'.'.join(map(str, each['loc'])) or 'the file'}: {each['msg']}." for each in found[:MAX_TOLD]]
    if len(found) > MAX_TOLD:
        told.append(f"… and {len(found) - MAX_TOLD} more.")
    return ConfigurationError(f"Workflow {source!r} cannot be read.", hint="\n".join(told))


def _node(text: _NodeText) -> Node:
    return Node(
        id=NodeId(text.id),
        type=text.type,
        title=text.title,
        config=dict(text.config),
        retry=text.retry,
        position=text.position,
    )


def _edge(start: str, target: str, source: str) -> Edge:
    node_id, dot, output = start.partition(".")
    if not dot:
        raise ConfigurationError(
            f"Workflow {source!r}: edge {start!r} → {target!r} names no output.",
            hint="Write it as [node.output, node].",
        )
    return Edge(source=NodeId(node_id), output=output, target=NodeId(target))
