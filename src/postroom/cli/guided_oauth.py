"""Asks what logging in with OAuth begins with at a provider: who logs in, and at which tenant."""

from collections.abc import Mapping

from postroom.cli.guided import ask_choice, ask_needed, ask_yes
from postroom.cli.guided_questions import GRANT
from postroom.cli.known_providers import KnownProvider

APPLICATION, PERSON = "client_credentials", "refresh_token"
TOKEN_URL, SCOPE = "oauth.token_url", "oauth.scope"
TENANT = "{tenant}"
# Of a provider with tenants these follow from who logs in and where, so nobody has to type them.
SETTLED = (GRANT, TOKEN_URL, SCOPE)


def ask_whether_oauth(provider: KnownProvider | None) -> bool:
    """Return whether to log in with OAuth; a provider that takes nothing else is not asked about."""
    if provider is not None and provider.oauth:
        return True
    return ask_yes("Log in with OAuth, not with a password?", default=False)


def ask_oauth(provider: KnownProvider | None, address: str, before: Mapping[str, object]) -> dict[str, object]:
    """Return what is known of the OAuth settings of a provider, by dotted path; asks for grant and tenant if need be.

    `before` are the settings so far, whose values are the defaults.
    """
    if provider is None:
        return {}
    usual: dict[str, object] = {f"oauth.{name}": value for name, value in provider.oauth_settings.items()}
    if not provider.tenant_url:
        return {**usual, **{path: value for path, value in before.items() if path in usual}}
    grant = ask_choice(
        "Who logs in: the application itself, or a person who consented",
        (APPLICATION, PERSON),
        str(before.get(GRANT, APPLICATION)),
    )
    tenant = ask_needed("Tenant (its id or its domain)", _tenant(provider, address, before))
    scope = provider.application_scope if grant == APPLICATION else usual.get(SCOPE, "")
    return {GRANT: grant, TOKEN_URL: provider.tenant_url.replace(TENANT, tenant), SCOPE: scope}


def _tenant(provider: KnownProvider, address: str, before: Mapping[str, object]) -> str:
    """Return the tenant of the token endpoint so far, else what the address says."""
    first, _, last = provider.tenant_url.partition(TENANT)
    url = str(before.get(TOKEN_URL, ""))
    if url.startswith(first) and url.endswith(last):
        return url[len(first) : len(url) - len(last)]
    domain = address.rpartition("@")[2].casefold()
    return domain if domain.endswith(".onmicrosoft.com") else ""
