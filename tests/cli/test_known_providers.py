import pytest

from postroom.cli.known_providers import BY_DOMAIN, known_provider


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("ann@gmail.com", "imap.gmail.com"),
        ("ann@GoogleMail.com", "imap.gmail.com"),
        ("help@shop.onmicrosoft.com", "outlook.office365.com"),
        ("ann@gmx.de", "imap.gmx.net"),
    ],
)
def test_a_provider_is_known_by_the_domain_of_an_address(address: str, host: str) -> None:
    provider = known_provider(address)
    assert provider is not None
    assert provider.imap.host == host


@pytest.mark.parametrize("address", ["help@shop.example", "ann@notgmail.com", "", "ann@"])
def test_others_are_not_known(address: str) -> None:
    assert known_provider(address) is None


def test_no_provider_is_reached_without_encryption() -> None:
    for provider in BY_DOMAIN.values():
        for server in (provider.imap, provider.smtp):
            assert server.security == {993: "tls", 465: "tls", 587: "starttls"}[server.port]
