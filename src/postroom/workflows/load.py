"""Workflows as YAML: read and write; the shipped templates."""

from collections.abc import Mapping
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from postroom.errors import ConfigurationError, NotFoundError
from postroom.model.workflow import Edge, Node, NodeId, RetryPolicy, Workflow, WorkflowSlug

MAX_BYTES = 1_000_000


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
    except RecursionError as error:
        raise ConfigurationError(f"Workflow {source!r} is nested too deeply.", hint="Flatten it.") from error
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
    """Return what YAML without aliases says: a few of them can stand for more than any memory holds.

    Raises:
        yaml.YAMLError, ValueError: it is not such YAML.
    """
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.AliasToken):
            raise yaml.MarkedYAMLError(problem="aliases (*name) are not allowed", problem_mark=token.start_mark)
    found: object = yaml.safe_load(text)
    return found


def _unreadable(error: ValidationError, source: str) -> ConfigurationError:
    problems = "\n".join(
        f"{'.'.join(map(str, each['loc'])) or 'the file'}: {each['msg']}."
        for each in error.errors(include_url=False, include_input=False)
    )
    return ConfigurationError(f"Workflow {source!r} cannot be read.", hint=problems)


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
