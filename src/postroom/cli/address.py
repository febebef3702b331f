"""Where the API is, in words, and how the first administrator of a new installation gets in."""

from postroom.actions.invitations import first_invitation, link_of
from postroom.bootstrap import Postroom
from postroom.bootstrap.web import WebServer
from postroom.cli.output import say


async def say_where(postroom: Postroom, web: WebServer) -> None:
    """Say the address, and while nobody administers Postroom a link that makes the first administrator, once."""
    say(f"The API is at {web.url}/api/v1, its description at {web.url}/api/v1/openapi.json.")
    secret = await first_invitation(postroom.stores, postroom.services.clock)
    if secret is not None:
        say(f"Nobody administers it yet. This link makes the first administrator, once: {link_of(web.url, secret)}")
