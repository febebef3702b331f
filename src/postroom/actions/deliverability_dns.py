"""Look-ups in the DNS for `deliverability`, over the resolvers of this machine or given ones."""

from collections.abc import Sequence

import dns.asyncresolver
import dns.exception
import dns.resolver

TIMEOUT_SECONDS = 3.0


class DnsResolver:
    """Asks the DNS; every question has an answer, or none, within `timeout_seconds`.

    `nameservers` are addresses (all at `port`); without any, those of the machine.
    """

    def __init__(
        self, nameservers: Sequence[str] = (), *, port: int = 53, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self._nameservers = tuple(nameservers)
        self._port = port
        self._timeout_seconds = timeout_seconds

    async def texts(self, name: str) -> tuple[str, ...] | None:
        """Return the TXT records of a name, each as one text; empty where it has none, None where it is not told."""
        return await self._records(name, "TXT")

    async def exchanges(self, name: str) -> tuple[str, ...] | None:
        """Return the names of the MX records of a domain, `.` for RFC 7505's "no mail"; empty, or None, as above."""
        return await self._records(name, "MX")

    async def _records(self, name: str, kind: str) -> tuple[str, ...] | None:
        try:
            resolver = dns.asyncresolver.Resolver(configure=not self._nameservers)
            if self._nameservers:
                resolver.nameservers = list(self._nameservers)
                resolver.port = self._port
            resolver.lifetime = self._timeout_seconds
            answer = await resolver.resolve(name, kind, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError, UnicodeError):
            return None
        return tuple(_text(record) for record in answer)


def _text(record: object) -> str:
    """Return what a record says: the strings of a TXT joined (RFC 7208 section 3.3), the exchange of an MX."""
    strings: object = getattr(record, "strings", None)
    if isinstance(strings, tuple):
        return b"".join(one for one in strings if isinstance(one, bytes)).decode("utf-8", "replace")
    exchange = str(getattr(record, "exchange", record))
    return exchange if exchange == "." else exchange.rstrip(".")
