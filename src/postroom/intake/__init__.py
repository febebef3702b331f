"""Intake: from a mailbox into the ledger, and an execution for each new e-mail."""
