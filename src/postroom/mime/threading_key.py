"""What tells which mails belong to one conversation: the ids of earlier ones; and a subject without reply marks."""

import re

from postroom.model.email import Email

MAX_THREAD_IDS = 50
MAX_PREFIXES = 30

_PREFIX = re.compile(
    r"\s{0,20}(?:re|aw|antw|antwort|sv|vs|fwd?|fw|wg|wtr|weitergeleitet|tr|rv|res|enc|rif|ref|i|r|odp|pd|doorst|vl|вс|"
    r"ответ|отв|на|пересл|fwd|rép|réf|回复|回覆|答复|答覆|转发|轉寄|轉發|返信|転送|réponse|resp|respuesta|reenv)"
    r"\s{0,3}(?:[\[(]\s{0,3}[0-9]{1,3}\s{0,3}[\])]|\^[0-9]{1,3})?\s{0,3}[:：]",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"\s+")


def without_reply_marks(subject: str) -> str:
    """Return `subject` without `Re:`, `AW:`, `Fwd:` and the like at its beginning; tags and case stay."""
    text = subject
    for _ in range(MAX_PREFIXES):
        found = _PREFIX.match(text)
        # What would leave nothing is the subject itself.
        if found is None or not text[found.end() :].strip():
            break
        text = text[found.end() :]
    return _BLANKS.sub(" ", text).strip()


def thread_ids(email: Email) -> tuple[str, ...]:
    """Return the ids of the mails that `email` answers, the newest first, each once, at most `MAX_THREAD_IDS`."""
    answered = (email.in_reply_to,) if email.in_reply_to else ()
    found = dict.fromkeys((*answered, *reversed(email.references)))
    return tuple(found)[:MAX_THREAD_IDS]
