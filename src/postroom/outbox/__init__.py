"""The outbox: claim → act → record, so that no reply is sent twice and none is lost."""
