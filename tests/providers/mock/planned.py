"""Plans of mails that a test wants to be just so."""

from datetime import UTC, datetime

from postroom.model.catalogue import INTENTS
from postroom.providers.mock.plan import MockPlan
from postroom.providers.mock.truth import Kind

SHOP = "support@lindenhof.example"
ARRIVAL = datetime(2026, 3, 2, 8, 30, 15, tzinfo=UTC)
BY_ID = {intent.id: intent for intent in INTENTS}


def planned(kind: Kind, *intents: str, index: int = 0, language: str = "en") -> MockPlan:
    """Return the plan of a mail of `kind` about the intents of these ids; another `index` is another mail."""
    return MockPlan(
        seed=7,
        index=index,
        kind=kind,
        intents=tuple(BY_ID[intent] for intent in intents),
        language=language,
        received_at=ARRIVAL,
    )
