"""The contract suite of `Webhooks`, on SQLite."""

from contracts.store_webhooks import WebhooksContract


class TestWebhooks(WebhooksContract):
    """Webhooks in SQL."""
