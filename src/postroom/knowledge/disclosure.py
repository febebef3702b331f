"""The line that says an answer is automatic and how to reach a person (EU AI Act article 50, first paragraph)."""

_AUTOMATIC = {
    "en": "This is an automatic answer. If it does not help you, just reply to this e-mail and a person reads it.",
    "de": "Dies ist eine automatische Antwort. Hilft sie Ihnen nicht weiter, antworten Sie einfach auf diese E-Mail, "
    "dann liest sie ein Mensch.",
    "fr": "Ceci est une réponse automatique. Si elle ne vous aide pas, répondez simplement à cet e-mail et une "
    "personne le lira.",
    "es": "Esta es una respuesta automática. Si no le ayuda, responda simplemente a este correo y lo leerá una "
    "persona.",
    "it": "Questa è una risposta automatica. Se non le è d'aiuto, risponda semplicemente a questa e-mail e la leggerà "
    "una persona.",
    "nl": "Dit is een automatisch antwoord. Helpt het u niet verder, beantwoord dan gewoon deze e-mail; een medewerker "
    "leest die.",
}
_BY_MODEL = {
    "en": "This answer was written automatically by artificial intelligence. If it does not help you, just reply to "
    "this e-mail and a person reads it.",
    "de": "Diese Antwort wurde automatisch von einer künstlichen Intelligenz geschrieben. Hilft sie Ihnen nicht "
    "weiter, antworten Sie einfach auf diese E-Mail, dann liest sie ein Mensch.",
    "fr": "Cette réponse a été rédigée automatiquement par une intelligence artificielle. Si elle ne vous aide pas, "
    "répondez simplement à cet e-mail et une personne le lira.",
    "es": "Esta respuesta ha sido redactada automáticamente por una inteligencia artificial. Si no le ayuda, responda "
    "simplemente a este correo y lo leerá una persona.",
    "it": "Questa risposta è stata scritta automaticamente da un'intelligenza artificiale. Se non le è d'aiuto, "
    "risponda semplicemente a questa e-mail e la leggerà una persona.",
    "nl": "Dit antwoord is automatisch geschreven door kunstmatige intelligentie. Helpt het u niet verder, beantwoord "
    "dan gewoon deze e-mail; een medewerker leest die.",
}


def disclosure(language: str, *, by_model: bool) -> str:
    """Return one paragraph in `language` (an unknown one: English) that a machine answered and a person can be reached.

    `by_model`: a language model wrote words of the answer, and the paragraph says so.
    """
    lines = _BY_MODEL if by_model else _AUTOMATIC
    return lines.get(language, lines["en"])
