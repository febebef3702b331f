"""Whether a mail holds sentences that its reader does not see, or words that are not what they look like.

People do not write in white on white; who hides words means them for a machine, a filter or a later reader. Nothing
depends on it, as text never steers anything: it is a reason for a person to look.
"""

import re

from postroom.mime.html_text import HtmlText

MIN_HIDDEN_WORDS = 4
MIN_COMMENT_WORDS = 5
MIN_SPLITS = 3

_WORD = re.compile(r"[^\W\d_]{2,}")
_TAG = re.compile(r"<[^<>]{0,500}>")
# What mail programs and page builders write into comments by themselves; conditional comments are Outlook's.
_BOILERPLATE = re.compile(
    r"\s*(?:\[if |<!\[|\[endif|webbot"
    r"|(?:converted|generated|created|built|exported|rendered|made|powered) (?:from|by|with)\b"
    r"|(?:template|this \w+|file) (?:is |was |has been )?(?:automatically )?(?:generated|created)"
    r"|(?:start|begin|end|main|header|footer|body|content|hidden|visible|preheader|preview|signature|section|module"
    r"|column|row|table|wrapper|logo|button)\b)",
    re.IGNORECASE,
)
# Characters without width between two Latin letters; a soft hyphen is a place to break a line, and joiners belong
# to other scripts and to emoji.
_SPLIT_WORD = re.compile(
    "(?<=[A-Za-z\u00c0-\u024f])[\u200b\u200c\u200d\u2060\ufeff\u202a-\u202e\u2066-\u2069]+(?=[A-Za-z\u00c0-\u024f])"
)
# Cyrillic and Greek letters of the same shape as Latin ones, inside a Latin word.
_BORROWED_LETTER = re.compile(
    r"(?<=[A-Za-z])[авеёкмнорстухіїјѕԁԛԝӏАВЕКМНОРСТУХІЈЅαικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ]++(?=[A-Za-z])"
)
# Letters of the tag block are never shown; only the flag of a country's part is written with them.
_TAG_LETTERS = re.compile("(?<!\U0001f3f4)(?<![\U000e0020-\U000e007f])[\U000e0020-\U000e007e]{2,}")


def holds_hidden_text(page: HtmlText) -> bool:
    """Return whether `page` hides at least four words that it does not show as well, or a comment of a sentence.

    What is hidden in one place and shown in another is a second layout for small screens. Conditional comments, style
    sheets and the notes of mail programs do not count.
    """
    shown = " ".join(_WORD.findall(page.text.casefold()))
    hidden = [_WORD.findall(text.casefold()) for text in page.hidden]
    unseen = [word for words in hidden if " ".join(words) not in shown for word in words]
    faint = [word for text in page.faint for word in _WORD.findall(text)]
    return len(unseen) + len(faint) >= MIN_HIDDEN_WORDS or any(_is_sentence(comment) for comment in page.comments)


def holds_disguised_words(text: str) -> bool:
    """Return whether `text` has letters of no shape, or in three places words split by characters without width.

    Three places in Latin words with letters of another script, which look the same, count as well.
    """
    if text.isascii():
        return False
    disguised = (_SPLIT_WORD, _BORROWED_LETTER)
    return any(len(mark.findall(text)) >= MIN_SPLITS for mark in disguised) or _TAG_LETTERS.search(text) is not None


def _is_sentence(comment: str) -> bool:
    if _BOILERPLATE.match(comment) or ("{" in comment and "}" in comment):
        return False
    return len(_WORD.findall(_TAG.sub(" ", comment))) >= MIN_COMMENT_WORDS
