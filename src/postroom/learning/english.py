"""How much of some texts is English: what one embedding model knows alone, and a slower one among a hundred others."""

from collections.abc import Sequence

from py3langid.langid import MODEL_FILE, LanguageIdentifier

_TOGETHER = 20  # Short texts are told apart badly one by one, and well twenty at a time.


def english_share(texts: Sequence[str]) -> float:
    """Return how much of `texts` is English (0..1), told from twenty neighbours at a time; 1 where there are none."""
    # Read anew each time: it is asked for where something is trained, and would keep 28 MB for ever.
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    groups = [" ".join(texts[start : start + _TOGETHER]) for start in range(0, len(texts), _TOGETHER)]
    return sum(identifier.classify(group)[0] == "en" for group in groups) / len(groups) if groups else 1.0
