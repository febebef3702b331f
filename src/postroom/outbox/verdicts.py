"""What a person's verdict means for a reply."""

from postroom.model.review import Decision, Verdict

_SILENT = frozenset({Verdict.REJECT, Verdict.ANSWERED_ELSEWHERE})


def sends_nothing(decision: Decision) -> bool:
    """Return whether nothing is to be sent: a person rejected it, or answered outside Postroom."""
    return decision.verdict in _SILENT


def in_words(decision: Decision) -> str:
    """Return the verdict as one line for the trace."""
    if decision.verdict is Verdict.ANSWERED_ELSEWHERE:
        return "answered elsewhere"
    return f"{decision.verdict} by a person"
