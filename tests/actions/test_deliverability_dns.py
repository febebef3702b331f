from actions.dns_case import name_server
from postroom.actions.deliverability_dns import DnsResolver

ZONE = {
    ("shop.com", "TXT"): ('"v=spf1 include:_spf." "mail.com -all"', '"verified=1"'),
    ("shop.com", "MX"): ("10 MX1.shop.com.", "20 mx2.shop.com."),
    ("silent.com", "MX"): ("0 .",),
}


async def test_records_are_read_with_their_strings_joined() -> None:
    async with name_server(ZONE) as port:
        resolver = DnsResolver(["127.0.0.1"], port=port)
        texts = await resolver.texts("shop.com")
        assert texts is not None
        assert set(texts) == {"v=spf1 include:_spf.mail.com -all", "verified=1"}
        assert set(await resolver.exchanges("shop.com") or ()) == {"MX1.shop.com", "mx2.shop.com"}
        assert await resolver.exchanges("silent.com") == (".",)


async def test_no_record_and_no_such_name_are_both_none_there() -> None:
    async with name_server(ZONE) as port:
        resolver = DnsResolver(["127.0.0.1"], port=port)
        assert await resolver.texts("silent.com") == ()
        assert await resolver.texts("nowhere.com") == ()


async def test_a_silent_server_and_an_impossible_name_are_not_told() -> None:
    async with name_server(None) as port:
        resolver = DnsResolver(["127.0.0.1"], port=port, timeout_seconds=0.1)
        assert await resolver.texts("shop.com") is None
        assert await resolver.exchanges("a" * 70 + ".com") is None
