"""Whether a server is there, takes the key and knows the model: by its list of models, which costs nothing."""

import asyncio
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx2
from pydantic import BaseModel, ValidationError

from postroom.errors import ConfigurationError, TransientError
from postroom.language_models.server import OPENAI_URL, Server
from postroom.language_models.transport import TooLargeError, guarded_client

MOST_SECONDS = 10.0


class _Model(BaseModel):
    id: str


class _Listed(BaseModel):
    data: list[_Model]


async def look(server: Server) -> str:
    """Return what is there, in one line; nothing is asked of the model itself.

    Raises:
        TransientError: the server cannot be reached. ConfigurationError: it refuses the key, or has no such model.
    """
    host = urlsplit(server.url or OPENAI_URL).hostname
    seconds = min(server.timeout_seconds, MOST_SECONDS)
    try:
        async with asyncio.timeout(seconds), guarded_client(server.headers, timeout_seconds=seconds) as client:
            response = await client.get(_list_of_models(server))
    except TooLargeError:
        return f"{host} answers; whether it has {server.model!r} is not known, for its list of models is too long"
    except (TimeoutError, httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise TransientError(
            f"The language model at {host} cannot be reached ({type(error).__name__}).",
            hint="Check POSTROOM_LANGUAGE_MODEL_URL, the server and the network. Until then it takes no part.",
        ) from error
    if response.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise ConfigurationError(
            f"The language model at {host} refuses the key ({response.status_code}).",
            hint="Check POSTROOM_LANGUAGE_MODEL_KEY.",
        )
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise TransientError(
            f"The language model at {host} answers {response.status_code}.", hint="Look at that server, or wait."
        )
    known = _known(response)
    # Azure lists what a deployment can be made of, never the deployments.
    if known is None or server.azure_api_version:
        return f"{host} answers; whether it has {server.model!r} is not known, for it lists no such names"
    if server.model not in known:
        raise ConfigurationError(
            f"{host} has no model {server.model!r}.", hint="Set POSTROOM_LANGUAGE_MODEL to one that its server lists."
        )
    return f"{host} has {server.model!r}"


def _list_of_models(server: Server) -> str:
    url = (server.url or OPENAI_URL).rstrip("/")
    return (
        f"{url}/openai/models?api-version={server.azure_api_version}" if server.azure_api_version else f"{url}/models"
    )


def _known(response: httpx2.Response) -> frozenset[str] | None:
    """Return the names that a server lists; None where it has no such list."""
    if response.status_code != HTTPStatus.OK:
        return None
    try:
        return frozenset(one.id for one in _Listed.model_validate_json(response.content).data)
    except ValidationError:
        return None
