"""What a store promises: one small protocol a noun, and `Stores`, which holds one of each.

Every method is safe to repeat: ids come from the caller, writes are keyed, changes of state are compare-and-set. None
needs more than the atomicity of one document, so that SQL and MongoDB can both keep the promise. A method returns only
after what it wrote would survive a power cut. Times are UTC, cut to milliseconds. Lists are paged by keyset cursors.

All raise `StoreError` when the store cannot be reached, and `InputError`, which no waiting mends, when it can never
take what it was given.
"""

from dataclasses import dataclass
from typing import Protocol

from postroom.interfaces.stores.accounts import Accounts
from postroom.interfaces.stores.alarms import Alarms
from postroom.interfaces.stores.allowances import Allowances
from postroom.interfaces.stores.articles import Articles
from postroom.interfaces.stores.audit import Audit
from postroom.interfaces.stores.categories import Categories
from postroom.interfaces.stores.controls import Controls
from postroom.interfaces.stores.credentials import Credentials
from postroom.interfaces.stores.emails import Emails
from postroom.interfaces.stores.examples import Examples
from postroom.interfaces.stores.executions import Executions
from postroom.interfaces.stores.figures import Figures
from postroom.interfaces.stores.jobs import Jobs
from postroom.interfaces.stores.judgements import Judgements
from postroom.interfaces.stores.ledger import Ledger
from postroom.interfaces.stores.looks import Looks
from postroom.interfaces.stores.mailboxes import Mailboxes
from postroom.interfaces.stores.models import Models
from postroom.interfaces.stores.notes import Notes
from postroom.interfaces.stores.outbox import Outbox
from postroom.interfaces.stores.preferences import PreferencesStore
from postroom.interfaces.stores.records import Records
from postroom.interfaces.stores.reviews import Reviews
from postroom.interfaces.stores.search import Search
from postroom.interfaces.stores.spending import Spending
from postroom.interfaces.stores.submissions import Submissions
from postroom.interfaces.stores.suppressions import Suppressions
from postroom.interfaces.stores.users import Users
from postroom.interfaces.stores.webhooks import Webhooks
from postroom.interfaces.stores.workflows import Workflows


class Connection(Protocol):
    """The store as a whole: what opens and closes it."""

    async def check(self) -> str:
        """Return one line that says what is connected (kind, place, version of the schema).

        Raises:
            StoreError: it cannot be used, with a hint.
        """
        ...

    async def close(self) -> None:
        """Finish what was promised and let go."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """One implementation of every store protocol."""

    connection: Connection
    ledger: Ledger
    emails: Emails
    executions: Executions
    reviews: Reviews
    outbox: Outbox
    records: Records
    workflows: Workflows
    controls: Controls
    mailboxes: Mailboxes
    accounts: Accounts
    allowances: Allowances
    suppressions: Suppressions
    alarms: Alarms
    articles: Articles
    audit: Audit
    categories: Categories
    credentials: Credentials
    examples: Examples
    figures: Figures
    jobs: Jobs
    models: Models
    judgements: Judgements
    looks: Looks
    notes: Notes
    preferences: PreferencesStore
    search: Search
    spending: Spending
    submissions: Submissions
    users: Users
    webhooks: Webhooks
