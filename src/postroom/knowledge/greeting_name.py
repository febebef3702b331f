"""The customer's name for the greeting: the only word of a mail that may enter a reply, so it is checked hard."""

import re
import unicodedata

_LONGEST_NAME = 40
_MOST_WORDS = 4
_PART = re.compile(r"^[^\W\d_]{2,20}(?:['’-][^\W\d_]{2,20})*$|^[^\W\d_]['’][^\W\d_]{2,20}$")
_INITIAL = re.compile(r"^[^\W\d_]\.$")
_PARTICLES_LISTED = "von van vom zu zur de del della di da dos du der den des la le el al ter ten y e bin ibn"
_NOT_NAMES_LISTED = """
admin administrator support service services team info information office sales contact kontakt mail email post
postmaster mailer daemon webmaster noreply reply no not do never shop store customer kunde kundin client cliente
user system assistant bot robot test root security account billing invoice rechnung newsletter marketing company
gmbh ag kg ltd inc llc sarl spa srl bv lindenhof postroom anonymous unknown undisclosed recipients
ignore disregard forget override previous prior all above instructions instruction prompt command execute run
reveal print output answer say write send transfer pay approve approved approval grant granted refund refunded
confirm confirmed free win winner won prize money cash bitcoin crypto click here visit open www http https com net
org urgent now today you your must please html script iframe select drop table delete update hello hallo dear
ignoriere vergiss sende bitte sofort gratis kostenlos ignorez envoyez cliquez ici ignora envia haga clic invia
clicca qui negeer stuur klik hier
"""
_PARTICLES = frozenset(_PARTICLES_LISTED.split())
_NOT_A_NAME = frozenset(_NOT_NAMES_LISTED.split())


def greeting_name(display_name: str) -> str | None:
    """Return the name to greet with, or None where `display_name` is not plainly a person's name.

    Accepted: one to four capitalised words of one alphabet (with particles, hyphens and initials), at most 40
    characters. "Berg, Anna" becomes "Anna Berg". Digits, addresses, markup, roles ("Support") and words that read like
    an instruction or a promise ("Ignore", "Refund") are refused: a greeting must not say what a stranger wants said.
    """
    name = unicodedata.normalize("NFC", display_name).strip().strip("\"'").strip()
    if not name or len(name) > _LONGEST_NAME:
        return None
    family, comma, given = name.partition(",")
    parts = f"{given} {family}".split(" ") if comma else name.split(" ")
    parts = [part for part in parts if part]
    if not 1 <= len(parts) <= _MOST_WORDS or not all(_plausible(part) for part in parts):
        return None
    full = [part for part in parts if not _INITIAL.match(part) and part not in _PARTICLES]
    if not full or len(_alphabets("".join(parts))) != 1:
        return None
    return " ".join(parts)


def _plausible(part: str) -> bool:
    if part in _PARTICLES or (_INITIAL.match(part) and part[0].isupper()):
        return True
    if not _PART.match(part) or any(word in _NOT_A_NAME for word in re.split(r"['’-]", part.casefold())):
        return False
    cased = part.lower() != part.upper()
    return not cased or (part[0].isupper() and not part.isupper())


def _alphabets(letters: str) -> set[str]:
    return {unicodedata.name(letter, "?").split(" ")[0] for letter in letters if letter.isalpha()}
