"""The OpenAPI document: what FastAPI writes, the permission that each operation needs, and the stream's messages."""

from collections.abc import Iterator, Sequence

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from postroom.api.access import Allowed, in_person, known
from postroom.api.live.schemas import add_stream_schemas
from postroom.model.user import Permission

SECURITY_SCHEMES: dict[str, object] = {
    "token": {"type": "http", "scheme": "bearer", "description": "An API token; its scopes are permissions."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "postroom_session",
        "description": "A browser's session (`__Host-postroom_session` over https); other sites cannot use it.",
    },
}


def document(app: FastAPI, routers: Sequence[APIRouter]) -> dict[str, object]:
    """Return the OpenAPI document of the application that serves `routers`."""
    found: dict[str, object] = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    components = _below(found, "components")
    components["securitySchemes"] = SECURITY_SCHEMES
    paths = _below(found, "paths")
    for route in endpoints(routers):
        if not route.include_in_schema:
            continue
        permission = permission_of(route)
        for method in route.methods or ():
            operation = _below(_below(paths, route.path_format), method.lower())
            if not needs_user(route):
                operation["security"] = []
                continue
            operation["security"] = [{"session": []}] if needs_session(route) else [{"token": []}, {"session": []}]
            if permission is not None:
                operation["x-permission"] = permission.value
    _share_problems(paths, components)
    add_stream_schemas(found)
    return found


def endpoints(routers: Sequence[APIRouter]) -> Iterator[APIRoute]:
    """Yield every endpoint but the streams."""
    for router in routers:
        yield from (route for route in router.routes if isinstance(route, APIRoute))


def permission_of(route: APIRoute) -> Permission | None:
    """Return the permission that an endpoint needs, None where it needs none."""
    return next((one.permission for one in _calls(route.dependant) if isinstance(one, Allowed)), None)


def needs_user(route: APIRoute) -> bool:
    """Return whether an endpoint needs somebody, whatever they may do."""
    return any(one is known or isinstance(one, Allowed) for one in _calls(route.dependant))


def needs_session(route: APIRoute) -> bool:
    """Return whether an endpoint is for who has logged in, and for no program."""
    return any(one is in_person for one in _calls(route.dependant))


def _calls(dependant: Dependant) -> Iterator[object]:
    for one in dependant.dependencies:
        yield one.call
        yield from _calls(one)


def _share_problems(paths: dict[str, object], components: dict[str, object]) -> None:
    """Say once what each problem is: a hundred operations that repeat nine answers are nine tenths of the document."""
    shared = _below(components, "responses")
    for path in paths:
        operations = _below(paths, path)
        for method in operations:
            responses = _below(_below(operations, method), "responses")
            for status in [one for one in responses if one >= "400"]:
                known = shared.setdefault(f"Problem{status}", responses[status])
                if known == responses[status]:
                    responses[status] = {"$ref": f"#/components/responses/Problem{status}"}


def _below(parent: dict[str, object], name: str) -> dict[str, object]:
    found = parent.setdefault(name, {})
    assert isinstance(found, dict)
    return found
