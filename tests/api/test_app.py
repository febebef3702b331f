from api.conftest import Rooms
from api.described import described
from postroom.api.problem import DESCRIPTION
from postroom.api.routers import ROUTERS


async def test_anybody_may_read_the_description(rooms: Rooms) -> None:
    client = await rooms.client(rooms.app(*ROUTERS), None)
    answer = await client.get(DESCRIPTION)
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["paths"].keys() == described()["paths"].keys()


def test_no_name_of_the_description_tells_where_the_code_lies() -> None:
    names = described()["components"]["schemas"]
    assert [name for name in names if "__" in name] == []
