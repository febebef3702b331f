"""Which server is asked, and for which model."""

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from postroom.errors import ConfigurationError
from postroom.language_models.prices import Prices

OPENAI_URL = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A model on a server. `url` is its base URL, empty for OpenAI; `key` is empty where none is asked for.

    With `azure_api_version` the URL is an Azure endpoint and `model` the name of a deployment there. `timeout_seconds`
    is for one question with all its tries.
    """

    model: str
    url: str = ""
    key: str = field(default="", repr=False)
    azure_api_version: str = ""
    timeout_seconds: float = 20.0
    prices: Prices = field(default_factory=Prices)

    def __post_init__(self) -> None:
        """Check the parts against each other.

        Raises:
            ConfigurationError: no model or no usable URL, or mail would travel unencrypted beyond the own network.
        """
        parts = urlsplit(self.url or OPENAI_URL)
        if not self.model:
            raise ConfigurationError("The language model has no name.", hint="Set POSTROOM_LANGUAGE_MODEL.")
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query:
            raise ConfigurationError(
                "The URL of the language model cannot be used.",
                hint="Write it as https://llm.example.org/v1, without user name, password or question mark.",
            )
        if parts.scheme == "http" and not _is_near(parts.hostname):
            raise ConfigurationError(
                f"The language model at {parts.hostname!r} would be sent mail unencrypted.",
                hint="Use https; http is for this machine and the own network.",
            )
        if self.azure_api_version and not self.url:
            raise ConfigurationError("Azure needs the URL of your endpoint.", hint="Set POSTROOM_LANGUAGE_MODEL_URL.")

    @property
    def account(self) -> str:
        """The name under which its cost is counted: the host and the model."""
        return f"{urlsplit(self.url or OPENAI_URL).hostname}/{self.model}"

    @property
    def headers(self) -> dict[str, str]:
        """The headers that prove who we are."""
        if not self.key:
            return {}
        return {"api-key": self.key} if self.azure_api_version else {"authorization": f"Bearer {self.key}"}


def _is_near(host: str) -> bool:
    """Whether a host is plainly on this machine or in the own network; a name without dots is a container's."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".localhost", ".lan"))
    return address.is_private or address.is_loopback
