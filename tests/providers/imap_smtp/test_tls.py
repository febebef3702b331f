import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from postroom.errors import ConfigurationError
from postroom.providers.imap_smtp.tls import client_context, is_loopback, tls_problem
from servers.certificates import Certificates, certificates


@pytest.fixture
def made(tmp_path: Path) -> Certificates:
    return certificates(tmp_path, names=("localhost",))


@pytest.fixture
def port(made: Certificates) -> Iterator[int]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made.certificate_file, made.key_file)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer_one() -> None:
            connection, _ = listening.accept()
            with connection, contextlib.suppress(OSError):
                context.wrap_socket(connection, server_side=True).close()

        thread = threading.Thread(target=answer_one)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(10)


def shake_hands(port: int, context: ssl.SSLContext, *, name: str) -> None:
    with socket.create_connection(("127.0.0.1", port)) as plain, context.wrap_socket(plain, server_hostname=name):
        return


def test_an_authority_of_ones_own_is_trusted(made: Certificates, port: int) -> None:
    shake_hands(port, client_context(made.ca_file), name="localhost")


@pytest.mark.parametrize(
    ("name", "own_authority", "words"),
    [
        ("localhost", "", "comes from an unknown authority"),
        ("mail.example.com", "own", "is for another name"),
        ("127.0.0.1", "own", "is for another address"),
    ],
)
def test_a_certificate_that_does_not_fit_is_explained(
    made: Certificates, port: int, name: str, own_authority: str, words: str
) -> None:
    context = client_context(made.ca_file if own_authority else None)
    with pytest.raises(ssl.SSLError) as caught:
        shake_hands(port, context, name=name)
    problem = tls_problem(caught.value, host=name)
    assert problem is not None
    assert problem.message == f"The certificate of {name} {words}."
    assert problem.hint


def test_a_cause_is_found_beneath_other_errors() -> None:
    error = OSError("cannot connect")
    error.__cause__ = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")
    error.__cause__.reason = "WRONG_VERSION_NUMBER"
    problem = tls_problem(error, host="mail.example.com")
    assert problem is not None
    assert "starttls" in problem.hint


def test_other_errors_say_nothing_about_tls() -> None:
    assert tls_problem(ConnectionResetError(), host="mail.example.com") is None


@pytest.mark.parametrize("content", [None, "nothing"])
def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_text(content)
    with pytest.raises(ConfigurationError, match=r"ca\.pem") as caught:
        client_context(tmp_path / "ca.pem")
    assert caught.value.hint


def test_the_system_authorities_are_used_without_a_file() -> None:
    context = client_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "127.0.0.1", "127.8.8.8", "::1", "[::1]"])
def test_this_machine_is_recognised(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["localhost.example.com", "10.0.0.1", "128.0.0.1", "::2", "", "example.com"])
def test_other_machines_are_not_taken_for_this_one(host: str) -> None:
    assert not is_loopback(host)
