"""What the description of the API says beyond what the framework writes."""

import json

from fastapi import Depends, FastAPI
from pydantic import BaseModel

from api.described import described
from postroom.api.access import Operator, Reader, in_person
from postroom.api.openapi import SECURITY_SCHEMES, document, endpoints, needs_session, needs_user, permission_of
from postroom.api.problem import problems
from postroom.api.routers import ROUTERS
from postroom.api.routing import router
from postroom.model.user import Permission


class Thing(BaseModel):
    """What is given."""

    name: str


def made() -> tuple[FastAPI, dict[str, dict[str, dict[str, dict[str, object]]]]]:
    routed = router("/things", "things")

    @routed.get("/open", name="open_thing")
    async def open_thing() -> Thing:
        """Show it to anybody."""
        return Thing(name="a")

    @routed.get("/read", name="read_thing", responses=problems(404))
    async def read_thing(_caller: Reader) -> Thing:
        """Show it."""
        return Thing(name="a")

    @routed.post("/change", name="change_thing", responses=problems(404, 409))
    async def change_thing(_caller: Operator) -> Thing:
        """Change it."""
        return Thing(name="a")

    @routed.post("/person", name="in_person_thing", dependencies=[Depends(in_person)])
    async def in_person_thing(_caller: Reader) -> Thing:
        """Let a person do it."""
        return Thing(name="a")

    @routed.get("/hidden", name="hidden_thing", include_in_schema=False)
    async def hidden_thing() -> Thing:
        """Nobody is told."""
        return Thing(name="a")

    app = FastAPI(title="T", version="1", description="D")
    app.include_router(routed)
    found: dict[str, dict[str, dict[str, dict[str, object]]]] = json.loads(json.dumps(document(app, [routed])))
    needs = {route.path.rpartition("/")[2]: route for route in endpoints([routed])}
    assert permission_of(needs["read"]) is Permission.READ
    assert permission_of(needs["open"]) is None
    assert not needs_user(needs["open"])
    assert needs_session(needs["person"])
    assert not needs_session(needs["read"])
    return app, found


def test_each_operation_says_who_may_and_how_they_show_it() -> None:
    _, found = made()
    paths = found["paths"]
    by_name = {path.rpartition("/")[2]: next(iter(operations.values())) for path, operations in paths.items()}
    assert by_name["open"]["security"] == []
    assert "x-permission" not in by_name["open"]
    assert by_name["read"]["security"] == [{"token": []}, {"session": []}]
    assert (by_name["read"]["x-permission"], by_name["change"]["x-permission"]) == ("read", "operate")
    assert by_name["person"]["security"] == [{"session": []}]
    assert "hidden" not in by_name
    assert set(found["components"]["securitySchemes"]) == set(SECURITY_SCHEMES)


def test_a_problem_is_described_once_and_referred_to() -> None:
    _, found = made()
    responses = [operation["responses"] for operations in found["paths"].values() for operation in operations.values()]
    references = [one["404"] for one in responses if isinstance(one, dict) and "404" in one]
    assert references == [{"$ref": "#/components/responses/Problem404"}] * 2
    assert "Problem404" in found["components"]["responses"]


def test_every_reference_of_the_whole_description_leads_somewhere() -> None:
    whole = described()

    def references(part: object) -> set[str]:
        if isinstance(part, dict):
            own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
            return own.union(*(references(one) for one in part.values()))
        return set().union(*(references(one) for one in part)) if isinstance(part, list) else set()

    for reference in references(whole):
        place: object = whole
        for name in reference.removeprefix("#/").split("/"):
            assert isinstance(place, dict), reference
            place = place[name]


def test_every_operation_that_needs_somebody_may_answer_that_nobody_is_logged_in() -> None:
    for route in endpoints(ROUTERS):
        if route.include_in_schema and needs_user(route):
            assert 401 in route.responses, route.path
