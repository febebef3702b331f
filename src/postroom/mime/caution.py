"""Why a mail may be answered by a person only, read from its bytes alone."""

import re
from dataclasses import dataclass

from postroom.mime.hidden_text import holds_disguised_words, holds_hidden_text
from postroom.mime.html_text import HtmlText
from postroom.mime.machine_address import addresses_machine
from postroom.mime.original_sender import PassedOn
from postroom.mime.parts import Part
from postroom.model.email import Address, Attachment

_ENCRYPTED_TYPES = {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}
_PGP_MESSAGE = "-----BEGIN PGP MESSAGE-----"
# The parts that say how a message was signed or wrapped carry no meaning of their own.
_TECHNICAL_TYPES = {
    "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-keys",
    "application/pgp-encrypted",
}  # fmt: skip
_SEPARATORS = re.compile(r"[_.-]+")
MIN_LETTERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What the cautions are read from: the tree of parts, the addresses, and the words the sender wrote.

    `page` is what the HTML shows and hides; an empty one where there is no HTML.
    """

    root: Part
    from_addresses: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    subject: str
    new_text: str
    page: HtmlText
    attachments: tuple[Attachment, ...]
    passed_on: PassedOn = PassedOn.NOT


def cautions(evidence: Inspected) -> tuple[str, ...]:
    """Return the codes of all reasons for a person, empty when there is none."""
    found = {
        "no_from_address": not any(is_usable(address) for address in evidence.from_addresses),
        "several_from_addresses": len({address.address.lower() for address in evidence.from_addresses}) > 1,
        "reply_to_other_domain": _replies_to_other_domain(evidence.from_addresses, evidence.reply_to),
        "other_reply_to": _replies_to_other_address(evidence.from_addresses, evidence.reply_to),
        "encrypted": _is_encrypted(evidence),
        "only_attachment": _is_only_attachment(evidence),
        "no_text": not _has_words(evidence.new_text) and not evidence.attachments,
        "hidden_text": holds_hidden_text(evidence.page),
        "disguised_words": holds_disguised_words(_written(evidence)),
        "addresses_machine": addresses_machine(_written(evidence)),
        "rewritten_from": evidence.passed_on is PassedOn.BY_LIST,
        "forwarded": evidence.passed_on is PassedOn.FORWARDED,
        "winmail": any(_is_winmail(attachment) for attachment in evidence.attachments),
    }
    return tuple(code for code, holds in found.items() if holds)


def _written(evidence: Inspected) -> str:
    """Return all the sender wrote himself, names of attachments and hidden words included."""
    names = [_SEPARATORS.sub(" ", attachment.filename) for attachment in evidence.attachments]
    return "\n".join((evidence.subject, evidence.new_text, *names, *evidence.page.hidden))


def is_usable(address: Address) -> bool:
    """Whether a mail can be sent to `address`: a local part and a domain, without blanks and marks of lists."""
    local, sign, domain = address.address.rpartition("@")
    return (
        bool(local and sign and domain)
        and len(local.encode()) <= 64
        and len(domain.encode()) <= 255
        and not any(character.isspace() or character in '<>,;:()[]"\\' for character in address.address)
        and "@" not in local
        and not domain.startswith((".", "-"))
        and ".." not in domain
        and address.address.isprintable()
    )


def domain_of(address: str) -> str:
    """Return the domain of `address` in lower case, empty where there is none."""
    return address.rpartition("@")[2].lower().rstrip(".") if "@" in address else ""


def _replies_to_other_domain(senders: tuple[Address, ...], reply_to: tuple[Address, ...]) -> bool:
    domains = {domain_of(sender.address) for sender in senders}
    return any(domain_of(address.address) not in domains for address in reply_to)


def _replies_to_other_address(senders: tuple[Address, ...], reply_to: tuple[Address, ...]) -> bool:
    # In the same domain too: at a provider of free mail the neighbour is anybody.
    known = {_compared(sender) for sender in senders}
    return any(_compared(address) not in known for address in reply_to)


def _compared(address: Address) -> tuple[str, str]:
    local = address.address.rpartition("@")[0] or address.address
    return local.casefold(), domain_of(address.address)


def _is_encrypted(evidence: Inspected) -> bool:
    waiting = [evidence.root]
    while waiting:
        part = waiting.pop()
        kind = part.parameters.get("smime-type", "").lower()
        if part.content_type in _ENCRYPTED_TYPES and kind not in {"signed-data", "certs-only"}:
            return True
        waiting += part.children
    return _PGP_MESSAGE in evidence.new_text


def _is_only_attachment(evidence: Inspected) -> bool:
    meaningful = [attachment for attachment in evidence.attachments if attachment.content_type not in _TECHNICAL_TYPES]
    return bool(meaningful) and not _has_words(evidence.new_text)


def _has_words(text: str) -> bool:
    letters = 0
    for character in text:
        letters += character.isalpha()
        # One ideograph can be a word.
        if letters >= MIN_LETTERS or (letters and ord(character) > 0x2E80):
            return True
    return False


def _is_winmail(attachment: Attachment) -> bool:
    return attachment.content_type in {"application/ms-tnef", "application/vnd.ms-tnef"} or (
        attachment.filename.lower() == "winmail.dat"
    )
