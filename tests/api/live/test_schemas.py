"""The OpenAPI document describes the stream."""

import json
from collections.abc import Iterator

from fastapi import FastAPI

from postroom.api.live.schemas import add_stream_schemas
from postroom.api.live.stream import ROUTER, STREAM_PATH
from postroom.model.execution import EventKind


def document() -> dict[str, object]:
    """Return the document of an application with only the stream."""
    app = FastAPI()
    app.include_router(ROUTER)
    made = app.openapi()
    add_stream_schemas(made)
    return made


def references(part: object) -> Iterator[str]:
    """Yield every reference in a part of a document."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        mapping = part.get("mapping")
        yield from mapping.values() if isinstance(mapping, dict) else ()
        for each in part.values():
            yield from references(each)
    elif isinstance(part, list):
        for each in part:
            yield from references(each)


def test_every_reference_leads_somewhere() -> None:
    made = document()
    assert isinstance(made["components"], dict)
    schemas = made["components"]["schemas"]
    for reference in references(made):
        assert reference.removeprefix("#/components/schemas/") in schemas


def test_every_kind_of_event_leads_to_a_model_by_its_kind() -> None:
    made = document()
    assert isinstance(made["components"], dict)
    events = made["components"]["schemas"]["EventsMessage"]["properties"]["events"]
    assert set(events["items"]["discriminator"]["mapping"]) == {kind.value for kind in EventKind}


def test_the_type_of_a_message_is_always_there() -> None:
    made = document()
    assert isinstance(made["components"], dict)
    for name in ("EventsMessage", "SnapshotMessage", "HeartbeatMessage"):
        assert "type" in made["components"]["schemas"][name]["required"]


def test_the_stream_is_described_beside_the_paths() -> None:
    made = document()
    assert isinstance(made["x-websockets"], dict)
    assert made["x-websockets"][STREAM_PATH]["messages"] == {"$ref": "#/components/schemas/StreamMessage"}
    json.dumps(made)


def test_adding_again_changes_nothing() -> None:
    made = document()
    before = json.dumps(made)
    add_stream_schemas(made)
    assert json.dumps(made) == before
