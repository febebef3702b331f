from collections.abc import Mapping
from dataclasses import replace

import pytest

from actions.dns_case import name_server
from actions.setup_case import hello
from postroom.actions.deliverability import (
    MailDomains,
    deliverability,
    domains_of,
    judge_alignment,
    judge_dkim,
    judge_dmarc,
    judge_exchanges,
    judge_spf,
)
from postroom.actions.deliverability_dns import DnsResolver
from postroom.model.email import Address

SHOP = MailDomains(from_domain="shop.com", bounce_domain="shop.com", dkim_selector="s1")
ZONE: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("shop.com", "TXT"): ('"v=spf1 include:mail.com ~all"',),
    ("shop.com", "MX"): ("10 mx.shop.com.",),
    ("_dmarc.shop.com", "TXT"): ('"v=DMARC1; p=quarantine; adkim=s"',),
    ("s1._domainkey.shop.com", "TXT"): ('"v=DKIM1; k=rsa; p=MIGf"',),
}


async def test_a_domain_with_everything_in_order_is_believed() -> None:
    async with name_server(ZONE) as port:
        found = await deliverability(DnsResolver(["127.0.0.1"], port=port), SHOP)
    assert [one.name for one in found] == ["alignment", "SPF", "DKIM", "DMARC", "MX"]
    assert all(one.ok and not one.hint for one in found)
    assert "quarantine, strict for adkim" in found[3].text


async def test_a_domain_with_nothing_is_told_what_to_do() -> None:
    async with name_server({}) as port:
        found = await deliverability(DnsResolver(["127.0.0.1"], port=port), SHOP)
    assert [one.name for one in found if not one.ok] == ["SPF", "DKIM", "DMARC", "MX"]
    assert all(one.hint for one in found if not one.ok)


async def test_a_silent_dns_is_never_a_failure() -> None:
    async with name_server(None) as port:
        found = await deliverability(DnsResolver(["127.0.0.1"], port=port, timeout_seconds=0.1), SHOP)
    assert all(one.ok for one in found)
    assert [one.name for one in found if "could not be looked up" in one.text] == ["SPF", "DKIM", "DMARC", "MX"]


async def test_the_policy_of_the_domain_above_counts_for_one_below() -> None:
    async with name_server(ZONE) as port:
        below = MailDomains(from_domain="help.shop.com", bounce_domain="shop.com")
        found = await deliverability(DnsResolver(["127.0.0.1"], port=port), below)
    by_name = {one.name: one for one in found if one.name != "MX"}
    assert by_name["DMARC"].ok
    assert "unless DMARC asks for aspf=s" in by_name["alignment"].text
    assert [one.ok for one in found if one.name == "MX"] == [False, True]


async def test_names_for_examples_are_not_looked_up() -> None:
    made_up = MailDomains(from_domain="lindenhof.example", bounce_domain="lindenhof.example")
    (found,) = await deliverability(DnsResolver(["127.0.0.1"], port=1), made_up)
    assert found.ok


def test_the_bounce_address_of_a_mailbox_says_the_domain_of_spf() -> None:
    mailbox = replace(hello("shop"), address=Address(name="", address="help@Shop.com"))
    assert domains_of(mailbox, dkim_selector="s1") == SHOP
    assert domains_of(replace(mailbox, bounce_address="b@mailer.net")).bounce_domain == "mailer.net"


@pytest.mark.parametrize(
    ("sender", "bounce", "ok"),
    [
        ("shop.com", "shop.com", True),
        ("help.shop.com", "shop.com", True),
        ("shop.com", "bounces.shop.com", True),
        ("help.shop.com", "bounces.shop.com", True),
        ("shop.com", "mailer.net", False),
        ("shop.com", "myshop.com", False),
    ],
)
def test_alignment_is_of_one_domain_with_those_below(sender: str, bounce: str, *, ok: bool) -> None:
    assert judge_alignment(sender, bounce).ok is ok


@pytest.mark.parametrize(
    ("records", "ok", "words"),
    [
        (("v=spf1 mx -all",), True, "ends in -all"),
        (("V=SPF1 a:x.com ~ALL", "other"), True, "ends in ~all"),
        (("v=spf1 redirect=_spf.mail.com",), True, "redirect"),
        (("v=spf1 mx",), False, "no end"),
        (("v=spf1 +all",), False, "everybody"),
        (("v=spf1 all",), False, "everybody"),
        (("v=spf1 mx ?all",), False, "nothing of others"),
        (("v=spf1 -all", "v=spf1 mx -all"), False, "2 SPF records"),
        (("v=spf10 -all",), False, "no SPF record"),
        ((), False, "no SPF record"),
        ((f"v=spf1 {' '.join(f'include:{n}.com' for n in range(10))} -all",), True, "-all"),
        ((f"v=spf1 {' '.join(f'include:{n}.com' for n in range(10))} mx -all",), False, "11 look-ups"),
        (None, True, "could not be looked up"),
    ],
)
def test_spf_must_be_one_record_with_a_sane_end(records: tuple[str, ...] | None, *, ok: bool, words: str) -> None:
    found = judge_spf("shop.com", records)
    assert found.ok is ok
    assert words in found.text


@pytest.mark.parametrize(
    ("records", "ok", "words"),
    [
        (("v=DMARC1; p=reject",), True, "reject"),
        (("v=DMARC1;p=none",), True, "not stopped"),
        (("v=DMARC1; p=maybe",), False, "maybe"),
        (("v=DMARC1; p=none", "v=DMARC1; p=reject"), False, "2 DMARC records"),
        (("v=spf1 -all",), False, "no DMARC record"),
    ],
)
def test_dmarc_must_be_one_record_with_a_policy(records: tuple[str, ...], *, ok: bool, words: str) -> None:
    found = judge_dmarc("shop.com", records)
    assert found.ok is ok
    assert words in found.text


@pytest.mark.parametrize(
    ("records", "ok", "words"),
    [
        (("k=rsa; p=MI Gf",), True, "published"),
        (("v=DKIM1; p=",), False, "revoked"),
        (("hello",), False, "no key"),
        ((), False, "no key"),
    ],
)
def test_a_dkim_key_is_there_and_not_revoked(records: tuple[str, ...], *, ok: bool, words: str) -> None:
    found = judge_dkim("s1._domainkey.shop.com", records)
    assert found.ok is ok
    assert words in found.text


def test_a_domain_that_takes_no_mail_is_told() -> None:
    assert judge_exchanges("shop.com", ("mx.shop.com",)).ok
    assert "takes no mail" in judge_exchanges("shop.com", (".",)).text
    assert not judge_exchanges("shop.com", (".",)).ok
    assert not judge_exchanges("shop.com", ()).ok
