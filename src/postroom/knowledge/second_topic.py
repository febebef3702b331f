"""Whether a customer announces a second question: one article never answers two."""

import re

from postroom.knowledge.words import folded_words

_ANNOUNCEMENTS: dict[str, str] = {
    "en": """
        another question | another thing | one more thing | one more question | one more matter | one other thing |
        second thing | second question | second matter | secondly | by the way | while i am | while i m |
        furthermore | moreover | in addition | besides that | on another note | on a different note |
        apart from that | separate question | also wanted to ask | and also | second point | something else entirely |
        completely different | two things | two questions
    """,
    "de": """
        noch eine frage | noch etwas | noch was | weitere frage | zweite frage | zweites anliegen | ausserdem |
        zweitens | ubrigens | wenn ich schon | wo ich schon | nebenbei | daruber hinaus | des weiteren | zudem |
        zweiter punkt | zweites thema | zweite sache | ganz anderes | ganz was anderes | zwei fragen | zwei dinge |
        andere frage | anderes thema | zusatzlich | bei der gelegenheit | dann noch
    """,
    "fr": """
        autre question | autre chose | encore une question | deuxieme question | deuxieme point | second point |
        second sujet | tout autre chose | rien a voir | seconde question | deuxiemement | par ailleurs | en outre |
        au passage | pendant que j | tant que j | de plus | d autre part | au fait | deux questions | deux choses |
        autre sujet | autre point | puisque je vous | j en profite | profite pour
    """,
    "es": """
        otra pregunta | otra cosa | otro tema | otro asunto | segundo asunto | segundo punto | segundo tema |
        algo muy distinto | nada que ver | segunda pregunta | en segundo lugar | ademas | por cierto | por otro lado |
        por otra parte | ya que | de paso | dos preguntas | dos cosas | aprovecho
    """,
    "it": """
        altra domanda | altra cosa | altra questione | seconda questione | secondo punto | tutt altra cosa |
        tutt altro | seconda domanda | seconda cosa | in secondo luogo | inoltre | a proposito | gia che | visto che |
        d altra parte | due domande | due cose | ne approfitto | per di piu | un ultima cosa | altro argomento
    """,
    "nl": """
        nog een vraag | nog iets | andere vraag | tweede vraag | tweede punt | tweede onderwerp | iets heel anders |
        heel iets anders | ten tweede | daarnaast | bovendien | trouwens | overigens | nu ik toch | verder wilde |
        twee vragen | twee dingen | ander onderwerp | tevens | en dan nog
    """,
}
_PATTERNS = {
    language: re.compile(
        r"\b(?:" + "|".join(" ".join(folded_words(words, language)) for words in announced.split("|")) + r")\b"
    )
    for language, announced in _ANNOUNCEMENTS.items()
}


def announces_second_topic(text: str, language: str) -> bool:
    """Return whether `text` contains words such as "by the way" or "another question"; False in an unknown language."""
    pattern = _PATTERNS.get(language)
    return pattern is not None and pattern.search(" ".join(folded_words(text, language))) is not None
