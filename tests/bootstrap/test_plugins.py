"""Everything that is installed is found."""

from postroom.bootstrap.plugins import node_types, notifier_plugins, receiver_plugins, sender_plugins
from postroom.workflows.load import template


def test_every_kind_is_found_by_its_name() -> None:
    assert {"imap", "maildir", "mbox"} <= set(receiver_plugins().plugins)
    assert {"smtp", "outbox_folder"} <= set(sender_plugins().plugins)
    assert {"log", "webhook", "slack", "email"} <= set(notifier_plugins().plugins)
    for found in (receiver_plugins().plugins, sender_plugins().plugins, notifier_plugins().plugins, node_types()):
        assert [name for name, plugin in found.items() if plugin.name != name or not plugin.title] == []


def test_the_shipped_workflow_needs_no_node_that_is_missing() -> None:
    assert {node.type for node in template("customer_support").nodes} <= set(node_types())


def test_what_is_installed_is_complete() -> None:
    for found in (receiver_plugins(), sender_plugins(), notifier_plugins()):
        assert found.unavailable == ()
