"""Whether an e-mail is on one of the mailbox's lists: never answer, never automate, always to a person."""

import re
import unicodedata
from collections.abc import Sequence

from postroom.guard.correspondent import is_within, plain_address, plain_domain, untagged_address
from postroom.model.email import Email

# From U+2E80 on most scripts (Chinese, Japanese) put no blanks between words.
_LETTER = r"[^\W\u2E80-\U0010FFFF]"
_SPACED = re.compile(_LETTER)


def listed(email: Email, entries: Sequence[str]) -> str | None:
    """Return the first of `entries` that names the sender (or a Reply-To) or stands in subject or new text, else None.

    The grammar is that of `model.mailbox.Lists`. A tagged address is on the list where the plain one is; a domain
    stands for all below it; words are whole words in any case. An empty entry matches nothing.
    """
    if not entries:
        return None
    senders = [*email.reply_to, *([email.from_address] if email.from_address else [])]
    addresses = {form(sender.address) for sender in senders for form in (plain_address, untagged_address)}
    domains = {plain_domain(sender.address) for sender in senders}
    texts = (_folded(email.subject), _folded(email.new_text))
    for entry in entries:
        if entry.strip().startswith("@"):
            found = any(is_within(domain, plain_domain(entry)) for domain in domains)
        elif "@" in entry:
            found = plain_address(entry) in addresses
        else:
            found = any(_holds(text, _folded(entry)) for text in texts)
        if found:
            return entry
    return None


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _holds(text: str, phrase: str) -> bool:
    if not phrase or phrase not in text:
        return False
    start = f"(?<!{_LETTER})" if _SPACED.match(phrase[0]) else ""
    end = f"(?!{_LETTER})" if _SPACED.match(phrase[-1]) else ""
    return re.search(start + re.escape(phrase) + end, text) is not None
