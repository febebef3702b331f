"""The contract suites of all stores, on SQLite."""

from contracts.store_controls import ControlsContract
from contracts.store_emails import EmailsContract
from contracts.store_executions import ExecutionsContract
from contracts.store_ledger import LedgerContract
from contracts.store_outbox import OutboxContract
from contracts.store_records import RecordsContract
from contracts.store_reviews import ReviewsContract
from contracts.store_workflows import WorkflowsContract


class TestControls(ControlsContract):
    """Controls in SQL."""


class TestEmails(EmailsContract):
    """E-mails in SQL."""


class TestExecutions(ExecutionsContract):
    """Executions in SQL."""


class TestLedger(LedgerContract):
    """The ledger in SQL."""


class TestOutbox(OutboxContract):
    """The outbox in SQL."""


class TestRecords(RecordsContract):
    """Records in SQL."""


class TestReviews(ReviewsContract):
    """Reviews in SQL."""


class TestWorkflows(WorkflowsContract):
    """Workflows in SQL."""
