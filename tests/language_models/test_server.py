import pytest

from postroom.errors import ConfigurationError
from postroom.language_models.server import Server


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://llm.example.org/v1",
        "http://127.0.0.1:11434/v1",
        "http://[::1]:8000/v1",
        "http://192.168.1.5:8000/v1",
        "http://ollama:11434/v1",
        "http://gpu.internal/v1",
    ],
)
def test_servers_over_https_or_in_the_own_network_can_be_asked(url: str) -> None:
    assert Server(model="m", url=url).account.endswith("/m")


@pytest.mark.parametrize(
    "url",
    [
        "http://llm.example.org/v1",
        "http://8.8.8.8/v1",
        "ftp://llm.example.org",
        "llm.example.org",
        "https://user:secret@llm.example.org/v1",
        "https://llm.example.org/v1?key=secret",
        "https:///v1",
    ],
)
def test_other_addresses_are_refused_without_their_secrets(url: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        Server(model="m", url=url)
    assert "secret" not in f"{raised.value.message} {raised.value.hint}"


def test_a_model_needs_a_name_and_azure_an_endpoint() -> None:
    with pytest.raises(ConfigurationError):
        Server(model="")
    with pytest.raises(ConfigurationError):
        Server(model="m", azure_api_version="2024-10-21")


def test_the_key_is_in_its_header_and_nowhere_else() -> None:
    server = Server(model="m", key="sk-1")
    assert server.headers == {"authorization": "Bearer sk-1"}
    azure = Server(model="m", key="sk-1", url="https://x.openai.azure.example", azure_api_version="2024-10-21")
    assert azure.headers == {"api-key": "sk-1"}
    assert Server(model="m").headers == {}
    assert "sk-1" not in repr(server)
