"""Whether a sentence denies something: the one word that turns an answer around and changes little else."""

from postroom.knowledge.words import folded_words

_LISTED = {
    "en": "not no never none nothing nobody without cannot cant dont doesnt didnt wont isnt arent neither nor unable t",
    "de": "nicht nichts nie niemals niemand ohne kein keine keinen keinem keiner keines weder",
    "fr": "ne n pas jamais rien aucun aucune sans ni personne",
    "es": "no nunca jamas nada nadie ningun ninguno ninguna sin ni tampoco",
    "it": "non mai niente nulla nessun nessuno nessuna senza ne neanche",
    "nl": "niet niets nooit niemand geen zonder noch",
}
_NEGATIONS = {language: frozenset(listed.split()) for language, listed in _LISTED.items()}


def denies(text: str, language: str) -> bool:
    """Return whether `text` holds a word of denial; in an unknown language, one of any language."""
    known = _NEGATIONS.get(language)
    if known is None:
        known = frozenset().union(*_NEGATIONS.values())
    return not known.isdisjoint(folded_words(text, language))
