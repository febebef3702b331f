"""The contract suites of all stores, on SQLite."""

from contracts.store_accounts import AccountsContract
from contracts.store_alarms import AlarmsContract
from contracts.store_allowances import AllowancesContract
from contracts.store_answers import AnswersContract
from contracts.store_apart import ApartContract
from contracts.store_attachments import AttachmentsContract
from contracts.store_controls import ControlsContract
from contracts.store_decisions import DecisionsContract
from contracts.store_emails import EmailsContract
from contracts.store_executions import ExecutionsContract
from contracts.store_history import HistoryContract
from contracts.store_ledger import LedgerContract
from contracts.store_mailboxes import MailboxesContract
from contracts.store_outbox import OutboxContract
from contracts.store_records import RecordsContract
from contracts.store_reviews import ReviewsContract
from contracts.store_suppressions import SuppressionsContract
from contracts.store_workflows import WorkflowsContract


class TestAccounts(AccountsContract):
    """Accounts in SQL."""


class TestAlarms(AlarmsContract):
    """Alarms in SQL."""


class TestAllowances(AllowancesContract):
    """Allowances in SQL."""


class TestAnswers(AnswersContract):
    """Answers given elsewhere in SQL."""


class TestApart(ApartContract):
    """Mail that stands apart, in SQL."""


class TestAttachments(AttachmentsContract):
    """Attachments in SQL."""


class TestControls(ControlsContract):
    """Controls in SQL."""


class TestDecisions(DecisionsContract):
    """Decisions that can be taken back, in SQL."""


class TestEmails(EmailsContract):
    """E-mails in SQL."""


class TestExecutions(ExecutionsContract):
    """Executions in SQL."""


class TestHistory(HistoryContract):
    """Mail from before the mailbox was connected, in SQL."""


class TestLedger(LedgerContract):
    """The ledger in SQL."""


class TestMailboxes(MailboxesContract):
    """Mailboxes in SQL."""


class TestOutbox(OutboxContract):
    """The outbox in SQL."""


class TestRecords(RecordsContract):
    """Records in SQL."""


class TestReviews(ReviewsContract):
    """Reviews in SQL."""


class TestSuppressions(SuppressionsContract):
    """Suppressions in SQL."""


class TestWorkflows(WorkflowsContract):
    """Workflows in SQL."""
