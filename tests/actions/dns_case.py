"""A DNS server on the loopback that knows what a test tells it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

Zone = Mapping[tuple[str, str], tuple[str, ...]]


class NameServer(asyncio.DatagramProtocol):
    """Answers from `zone`: (name, kind) → records as in a zone file; without one it never answers."""

    def __init__(self, zone: Zone | None) -> None:
        self._zone = zone
        self.transport: asyncio.DatagramTransport | None = None

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self._zone is None or self.transport is None:
            return
        query = dns.message.from_wire(data)
        (question,) = query.question
        name = question.name.to_text(omit_final_dot=True).lower()
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        records = self._zone.get((name, dns.rdatatype.to_text(question.rdtype)))
        if records:
            response.answer.append(dns.rrset.from_text(question.name, 60, dns.rdataclass.IN, question.rdtype, *records))
        elif not any(known == name for known, _ in self._zone):
            response.set_rcode(dns.rcode.NXDOMAIN)
        self.transport.sendto(response.to_wire(), addr)


@asynccontextmanager
async def name_server(zone: Zone | None) -> AsyncIterator[int]:
    """Give the port of a server of 127.0.0.1 for this zone (None: a silent one)."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(lambda: NameServer(zone), local_addr=("127.0.0.1", 0))
    server.transport = transport
    try:
        address: object = transport.get_extra_info("sockname")
        assert isinstance(address, tuple)
        port: object = address[1]
        assert isinstance(port, int)
        yield port
    finally:
        transport.close()
