"""Says which internet address a URL leads to, and refuses those inside the network (server-side request forgery)."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence

from postroom.errors import PluginError, TransientError

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the numeric addresses of a host name and port, best first."""

NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address.
NEVER_PUBLIC = (
    ipaddress.ip_network("64:ff9b:1::/48"),  # RFC 8215: translated within one network.
    ipaddress.ip_network("::/96"),  # RFC 4291: IPv4-compatible, deprecated.
    ipaddress.ip_network("::ffff:0:0:0/96"),  # RFC 2765: IPv4-translated, by whoever translates.
)


async def resolve(host: str, port: int) -> Sequence[str]:
    """Return the numeric addresses of `host` from the system's resolver.

    Raises:
        TransientError: the name cannot be resolved now.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TransientError(f"The host {host!r} cannot be resolved.", hint="Check the name and the DNS.") from error
    return tuple(dict.fromkeys(str(address[4][0]) for address in found))


def only_public(host: str, addresses: Sequence[str]) -> None:
    """Return if every one of `addresses` lies in the public internet.

    Raises:
        PluginError: one is private, loopback, link-local, multicast or reserved, alone or within an IPv6 address.
    """
    for address in addresses:
        if not all(_is_public(one) for one in _meant(address)):
            raise PluginError(
                f"The host {host!r} leads to {address}, which is not in the public internet.",
                hint="If this is intended: set allow_private of a notifier, or POSTROOM_ALLOW_PRIVATE_WEBHOOKS=true.",
            )


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    # What Python counts as global differs between its releases.
    return address.is_global and not address.is_multicast and not any(address in network for network in NEVER_PUBLIC)


def _meant(address: str) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """Return the address and the IPv4 addresses that it carries within it."""
    outer = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(outer, ipaddress.IPv4Address):
        return [outer]
    if outer.ipv4_mapped is not None:
        return [outer.ipv4_mapped]
    within = [outer.sixtofour, *(outer.teredo or ())]
    if outer in NAT64:
        within.append(ipaddress.IPv4Address(int(outer) & 0xFFFFFFFF))
    return [outer, *(one for one in within if one is not None)]
