"""The application: every router, one error format, the bounds of requests and the headers of answers."""

import json
from collections.abc import Sequence
from functools import cache

from fastapi import APIRouter, FastAPI
from fastapi.responses import Response
from fastapi.routing import APIRoute

from postroom.api.bounds import Bounds
from postroom.api.meter import Meter, Tally
from postroom.api.methods import Methods
from postroom.api.office import Office
from postroom.api.openapi import document
from postroom.api.problem import DESCRIPTION, add_problem_handlers

TITLE = "Postroom"
VERSION = "1"


def create_app(office: Office, routers: Sequence[APIRouter]) -> FastAPI:
    """Return the application that serves `routers` over `office`."""
    app = describe(routers)
    app.state.office = office
    app.add_middleware(Bounds, office=office)
    app.state.tally = Tally()
    app.add_middleware(Meter, tally=app.state.tally)
    return app


def describe(routers: Sequence[APIRouter]) -> FastAPI:
    """Return the application without an office: it can be described, not served."""
    app = FastAPI(
        title=TITLE,
        version=VERSION,
        description="Control and live view of everything that Postroom does.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=_operation,
        redirect_slashes=False,
    )
    app.state.methods = Methods(routers)
    add_problem_handlers(app)
    for router in routers:
        app.include_router(router)

    @cache
    def openapi() -> dict[str, object]:
        return document(app, routers)

    @cache
    def written() -> bytes:
        return json.dumps(openapi()).encode()

    async def description() -> Response:
        # Written once: anybody may read it, as often as they like.
        return Response(written(), media_type="application/json")

    app.openapi = openapi  # type: ignore[method-assign] # How FastAPI wants a document to be extended.
    app.add_api_route(DESCRIPTION, description, include_in_schema=False)
    return app


def _operation(route: APIRoute) -> str:
    return route.name
