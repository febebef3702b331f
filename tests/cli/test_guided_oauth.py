"""What is asked of who logs in with OAuth."""

import pytest

from cli.test_guided import typed
from postroom.cli.guided_oauth import APPLICATION, PERSON, SCOPE, TOKEN_URL, ask_oauth, ask_whether_oauth
from postroom.cli.guided_questions import GRANT
from postroom.cli.known_providers import known_provider

GMAIL, MICROSOFT, GMX = (known_provider(f"ann@{domain}") for domain in ("gmail.com", "outlook.com", "gmx.de"))
TENANT_URL = "https://login.microsoftonline.com/shop.example/oauth2/v2.0/token"


def test_a_provider_that_takes_nothing_else_is_not_asked_about() -> None:
    assert typed("", lambda: ask_whether_oauth(MICROSOFT)) == (True, "")
    assert typed("\n", lambda: ask_whether_oauth(GMAIL))[0] is False
    assert typed("y\n", lambda: ask_whether_oauth(None))[0] is True


def test_where_nothing_is_known_nothing_is_asked() -> None:
    assert typed("", lambda: ask_oauth(None, "ann@shop.example", {})) == ({}, "")
    assert typed("", lambda: ask_oauth(GMX, "ann@gmx.de", {})) == ({}, "")


def test_a_provider_without_tenants_brings_its_endpoint_and_what_was_typed_before_stays() -> None:
    found, asked = typed("", lambda: ask_oauth(GMAIL, "ann@gmail.com", {SCOPE: "mine", "host": "x"}))
    assert found == {TOKEN_URL: "https://oauth2.googleapis.com/token", SCOPE: "mine"}
    assert asked == ""


def test_an_application_asks_in_its_own_name_at_its_tenant() -> None:
    found, _ = typed("\nshop.example\n", lambda: ask_oauth(MICROSOFT, "help@shop.example", {}))
    assert MICROSOFT is not None
    assert found == {GRANT: APPLICATION, TOKEN_URL: TENANT_URL, SCOPE: MICROSOFT.application_scope}


def test_a_person_consents_to_reading_and_sending() -> None:
    found, _ = typed(f"{PERSON}\nshop.example\n", lambda: ask_oauth(MICROSOFT, "help@shop.example", {}))
    assert isinstance(found, dict)
    assert (found[GRANT], found[TOKEN_URL]) == (PERSON, TENANT_URL)
    assert "IMAP.AccessAsUser.All" in found[SCOPE]


@pytest.mark.parametrize(
    ("address", "before", "tenant"),
    [
        ("help@shop.onmicrosoft.com", {}, "shop.onmicrosoft.com"),
        ("help@SHOP.onmicrosoft.com", {}, "shop.onmicrosoft.com"),
        ("help@shop.onmicrosoft.com", {TOKEN_URL: TENANT_URL}, "shop.example"),
    ],
)
def test_the_tenant_is_offered_where_the_address_or_an_earlier_answer_says_it(
    address: str, before: dict[str, object], tenant: str
) -> None:
    found, _ = typed("\n\n", lambda: ask_oauth(MICROSOFT, address, before))
    assert isinstance(found, dict)
    assert f"/{tenant}/oauth2/" in found[TOKEN_URL]


def test_a_tenant_that_nothing_says_is_asked_for_until_it_is_there() -> None:
    elsewhere = {TOKEN_URL: "https://token.example/x"}
    found, asked = typed("\n\n\nshop.example\n", lambda: ask_oauth(MICROSOFT, "help@shop.example", elsewhere))
    assert isinstance(found, dict)
    assert found[TOKEN_URL] == TENANT_URL
    assert asked.count("cannot be left out") == 2
