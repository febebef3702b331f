"""The messages of the live stream in the OpenAPI document, so that clients get types for them as well."""

from pydantic.json_schema import models_json_schema

from postroom.api.live.messages import StreamMessage
from postroom.api.live.stream import STREAM_PATH

_CODES = {
    "1008": "The client sent a message, or took nothing for 30 seconds (where that can still be told).",
    "1012": "The server restarts: connect again with the newest cursor.",
    "1013": "The store cannot be used now: connect again with the newest cursor.",
    "4400": "There are several credentials.",
    "4401": "Nobody is known by the credential, or not any more.",
    "4403": "The caller may not read, or another site opened the stream.",
    "4404": "There is no such workflow or execution.",
    "4429": "There are too many streams at once.",
    "4422": "`execution_id` or `after` cannot be used.",
}


def add_stream_schemas(openapi: dict[str, object]) -> None:
    """Add every message to `components/schemas` of an OpenAPI document and the stream to its `x-websockets`."""
    _, definitions = models_json_schema([(StreamMessage, "serialization")], ref_template="#/components/schemas/{model}")
    components = _section(openapi, "components")
    schemas = _section(components, "schemas")
    for name, schema in _section(definitions, "$defs").items():
        schemas.setdefault(name, schema)
    _section(openapi, "x-websockets")[STREAM_PATH] = _stream()


def _stream() -> dict[str, object]:
    return {
        "summary": "Follow a workflow or one execution of it.",
        "description": (
            "The server sends JSON text messages, at most one batch of changes every 20 ms; the client sends nothing. "
            "Without `after` the first message is a snapshot. With it the events behind that cursor follow, each once, "
            "unless more than 10,000 came since or the log has no such cursor: then a snapshot says so. Every "
            "message carries the cursor to resume with. A heart-beat comes every 15 seconds. Every connection is "
            "accepted; a refusal is a close code, which is 4000 and the HTTP status."
        ),
        "parameters": [
            _parameter("id", "path", {"type": "string", "maxLength": 200}),
            _parameter("execution_id", "query", {"type": "string", "maxLength": 200}),
            _parameter("after", "query", {"type": "integer", "minimum": 0}),
        ],
        "subprotocols": ["postroom.v1", "ticket.SECRET"],
        "messages": {"$ref": "#/components/schemas/StreamMessage"},
        "closeCodes": _CODES,
    }


def _parameter(name: str, place: str, schema: dict[str, object]) -> dict[str, object]:
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def _section(document: dict[str, object], name: str) -> dict[str, object]:
    section = document.setdefault(name, {})
    assert isinstance(section, dict)
    return section
