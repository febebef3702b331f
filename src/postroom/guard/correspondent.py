"""Addresses and domains as they are compared: in lower case, and domains in their ASCII form."""

from postroom.mime.caution import domain_of


def plain_address(address: str) -> str:
    """Return `address` in lower case, its domain in ASCII and without a dot at its end; a `+tag` is kept."""
    local, sign, _ = address.strip().lower().rpartition("@")
    return f"{local}{sign}{plain_domain(address)}" if sign else address.strip().lower()


def untagged_address(address: str) -> str:
    """Return `plain_address` without what follows a `+` in the local part: one correspondent, however tagged."""
    local, sign, domain = plain_address(address).rpartition("@")
    return f"{local.partition('+')[0] or local}{sign}{domain}"


def plain_domain(address: str) -> str:
    """Return the domain of `address` in lower case and ASCII, empty where there is none; what IDNA refuses stays."""
    domain = domain_of(address.strip())
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return domain


def is_within(domain: str, parent: str) -> bool:
    """Whether `domain` is `parent` or lies below it; nothing lies within an empty one."""
    return bool(parent) and (domain == parent or domain.endswith(f".{parent}"))
