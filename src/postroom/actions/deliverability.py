"""Whether what a mailbox sends will be believed: alignment, SPF, DMARC, DKIM and MX, looked up and told in words.

What the DNS does not tell (no network, a time-out) "could not be looked up" and is never a failure.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from postroom.actions.accounts import get_account
from postroom.actions.check import Check
from postroom.actions.senders import mailboxes_of
from postroom.interfaces.stores import Stores
from postroom.mime.caution import domain_of
from postroom.model.account import AccountFamily
from postroom.model.mailbox import Mailbox

MAX_SPF_LOOKUPS = 10  # RFC 7208 section 4.6.4.
# RFC 2606 and 6761: nobody owns them, so there is nothing to look up.
RESERVED = ("example", "invalid", "localhost", "test", "example.com", "example.net", "example.org")
_SPF_LOOKUP = re.compile(r"[+~?-]?(?:include:|a(?:[:/]|$)|mx(?:[:/]|$)|ptr(?::|$)|exists:)|redirect=", re.IGNORECASE)
_SPF_ALL = re.compile(r"([+~?-]?)all", re.IGNORECASE)
Records = tuple[str, ...] | None


class Resolver(Protocol):
    """Asks the DNS. Every answer is the records, none of them, or None where it could not be told."""

    async def texts(self, name: str) -> Records:
        """Return the TXT records of a name."""
        ...

    async def exchanges(self, name: str) -> Records:
        """Return the names of the MX records of a domain, `.` where it takes no mail (RFC 7505)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDomains:
    """Whose mail is looked at: the domains of From and of the bounce address, and the DKIM selector where known."""

    from_domain: str
    bounce_domain: str
    dkim_selector: str = ""


def domains_of(mailbox: Mailbox, *, dkim_selector: str = "") -> MailDomains:
    """Return what a mailbox sends with."""
    return MailDomains(
        from_domain=domain_of(mailbox.address.address),
        bounce_domain=domain_of(mailbox.bounce_address or mailbox.address.address),
        dkim_selector=dkim_selector,
    )


async def domains_of_sender(stores: Stores, name: str, *, dkim_selector: str = "") -> tuple[MailDomains, ...]:
    """Return what the mailboxes send with whose replies go out through a sender, each pair of domains once.

    Raises:
        NotFoundError: there is no such sender.
    """
    await get_account(stores, AccountFamily.SENDER, name)
    found = [domains_of(one, dkim_selector=dkim_selector) for one in await mailboxes_of(stores, name)]
    return tuple(dict.fromkeys(found))


async def deliverability(resolver: Resolver, sending: MailDomains) -> tuple[Check, ...]:
    """Return what was found: alignment first, then SPF, DKIM (where a selector is known), DMARC, and MX."""
    if is_reserved(sending.from_domain):
        text = f"{sending.from_domain} is a name for examples: there is nothing to look up"
        return (Check(name="deliverability", ok=True, text=text),)
    bounce, sender = sending.bounce_domain, sending.from_domain
    async with asyncio.TaskGroup() as group:
        spf = group.create_task(resolver.texts(bounce))
        dmarc = group.create_task(_dmarc_records(resolver, sender))
        key = f"{sending.dkim_selector}._domainkey.{sender}"
        dkim = group.create_task(resolver.texts(key)) if sending.dkim_selector else None
        exchanges = {name: group.create_task(resolver.exchanges(name)) for name in dict.fromkeys((sender, bounce))}
    found = [judge_alignment(sender, bounce), judge_spf(bounce, spf.result())]
    if dkim is not None:
        found.append(judge_dkim(key, dkim.result()))
    found.append(judge_dmarc(sender, dmarc.result()))
    return (*found, *(judge_exchanges(name, task.result()) for name, task in exchanges.items()))


def is_reserved(domain: str) -> bool:
    """Return whether a domain is one for examples and tests."""
    return any(domain == name or domain.endswith(f".{name}") for name in RESERVED)


def judge_alignment(from_domain: str, bounce_domain: str) -> Check:
    """Return whether SPF of the bounce address speaks for From, as DMARC asks (RFC 7489 section 3.1, relaxed)."""
    if from_domain == bounce_domain:
        return Check(name="alignment", ok=True, text=f"From and the bounce address both lie in {from_domain}")
    both = f"From lies in {from_domain}, the bounce address in {bounce_domain}"
    if from_domain.endswith(f".{bounce_domain}") or bounce_domain.endswith(f".{from_domain}"):
        return Check(name="alignment", ok=True, text=f"{both}: aligned, unless DMARC asks for aspf=s")
    if from_domain.split(".")[-2:] == bounce_domain.split(".")[-2:]:
        shared = ".".join(from_domain.split(".")[-2:])
        return Check(name="alignment", ok=True, text=f"{both}: aligned if {shared} belongs to you as a whole")
    return Check(
        name="alignment",
        ok=False,
        text=f"{both}: SPF does not speak for From",
        hint="Give a bounce address in From's own domain, or sign with DKIM for that domain.",
    )


def judge_spf(domain: str, records: Records) -> Check:
    """Return whether a domain says who may send for it (RFC 7208)."""
    if records is None:
        return _silent("SPF", domain)
    policies = [one for one in records if re.match(r"v=spf1(\s|$)", one, re.IGNORECASE)]
    if len(policies) != 1:
        text = f"{domain} has {len(policies)} SPF records" if policies else f"{domain} has no SPF record"
        hint = "Keep one of them." if policies else f"Add a TXT record to {domain} as your provider says: v=spf1 … -all"
        return Check(name="SPF", ok=False, text=text, hint=hint)
    terms = policies[0].split()[1:]
    lookups = sum(1 for term in terms if _SPF_LOOKUP.match(term))
    if lookups > MAX_SPF_LOOKUPS:
        text = f"{domain} asks for {lookups} look-ups, more than the {MAX_SPF_LOOKUPS} allowed: it counts as an error"
        return Check(name="SPF", ok=False, text=text, hint="Take out what no longer sends.")
    return _judge_end_of_spf(domain, terms)


def judge_dkim(name: str, records: Records) -> Check:
    """Return whether a DKIM key is published at `<selector>._domainkey.<domain>` (RFC 6376)."""
    if records is None:
        return _silent("DKIM", name)
    keys = [one for one in (_tags(record) for record in records) if "p" in one]
    if not keys:
        hint = "Copy the record from your provider, or check the selector."
        return Check(name="DKIM", ok=False, text=f"There is no key at {name}", hint=hint)
    if not any(key["p"] for key in keys):
        hint = "Publish the key that your provider signs with now."
        return Check(name="DKIM", ok=False, text=f"The key at {name} is revoked", hint=hint)
    return Check(name="DKIM", ok=True, text=f"A key is published at {name}")


def judge_dmarc(domain: str, records: Records) -> Check:
    """Return whether a domain says what is to be done with mail that only pretends to be its own (RFC 7489)."""
    if records is None:
        return _silent("DMARC", domain)
    policies = [_tags(one) for one in records if re.match(r"v\s*=\s*DMARC1\s*(;|$)", one)]
    if len(policies) != 1:
        text = f"{domain} has {len(policies)} DMARC records" if policies else f"{domain} has no DMARC record"
        hint = "Keep one of them." if policies else f"Add a TXT record _dmarc.{domain}, to begin with: v=DMARC1; p=none"
        return Check(name="DMARC", ok=False, text=text, hint=hint)
    policy = policies[0].get("p", "none").lower()
    strict = [name for name in ("aspf", "adkim") if policies[0].get(name, "r").lower() == "s"]
    text = f"The policy of {domain} is {policy}" + (f", strict for {' and '.join(strict)}" if strict else "")
    if policy == "none":
        text += ": forged mail is reported at most, not stopped"
    return Check(name="DMARC", ok=policy in {"none", "quarantine", "reject"}, text=text)


def judge_exchanges(domain: str, exchanges: Records) -> Check:
    """Return whether a domain takes mail, so that replies and bounces arrive."""
    if exchanges is None:
        return _silent("MX", domain)
    if any(exchange not in ("", ".") for exchange in exchanges):
        return Check(name="MX", ok=True, text=f"{domain} takes mail at {', '.join(sorted(exchanges))}")
    text = f"{domain} says that it takes no mail" if exchanges else f"{domain} has no MX record"
    hint = "Without one, answers and bounces hardly arrive: add it, or use an address in another domain."
    return Check(name="MX", ok=False, text=text, hint=hint)


async def _dmarc_records(resolver: Resolver, domain: str) -> Records:
    """Return the DMARC records of a domain, else of the nearest domain above it that has any."""
    labels = domain.split(".")
    told = False
    for start in range(max(1, len(labels) - 1)):
        records = await resolver.texts(f"_dmarc.{'.'.join(labels[start:])}")
        if records is None and start == 0:
            return None
        policies = tuple(one for one in records or () if one.lstrip().lower().startswith("v"))
        told = told or records is not None
        if policies:
            return policies
    return () if told else None


def _judge_end_of_spf(domain: str, terms: Sequence[str]) -> Check:
    ends = [match[1] or "+" for term in terms if (match := _SPF_ALL.fullmatch(term))]
    delegated = any(term.lower().startswith("redirect=") for term in terms)
    hint = "End it with -all, or with ~all while you are trying."
    if not ends:
        if delegated:
            return Check(name="SPF", ok=True, text=f"{domain} leaves it to another record (redirect)")
        return Check(name="SPF", ok=False, text=f"The SPF record of {domain} has no end: it forbids nobody", hint=hint)
    if ends[0] == "+":
        return Check(name="SPF", ok=False, text=f"The SPF record of {domain} allows everybody (+all)", hint=hint)
    if ends[0] == "?":
        return Check(name="SPF", ok=False, text=f"The SPF record of {domain} says nothing of others (?all)", hint=hint)
    return Check(name="SPF", ok=True, text=f"{domain} has a record that ends in {ends[0]}all")


def _silent(name: str, domain: str) -> Check:
    return Check(name=name, ok=True, text=f"{domain} could not be looked up: the DNS does not answer here")


def _tags(record: str) -> dict[str, str]:
    """Return the `name=value` tags of a DKIM or DMARC record, names in lower case, values without blanks."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): "".join(value.split()) for name, sign, value in pairs if sign}
