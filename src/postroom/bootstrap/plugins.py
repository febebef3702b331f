"""Which plug-ins are installed, by family."""

from collections.abc import Mapping

from pydantic import BaseModel

from postroom.discovery import Discovered, discover
from postroom.interfaces.node import NodeType
from postroom.notifiers import NotifierPlugin
from postroom.providers import ReceiverPlugin, SenderPlugin


def node_types() -> Mapping[str, NodeType[BaseModel]]:
    """Return every installed kind of node by name."""
    return discover("postroom.nodes", NodeType).plugins


def receiver_plugins() -> Discovered[ReceiverPlugin]:
    """Return every installed kind of mailbox."""
    return discover("postroom.providers", ReceiverPlugin)


def sender_plugins() -> Discovered[SenderPlugin]:
    """Return every installed way to send."""
    return discover("postroom.providers", SenderPlugin)


def notifier_plugins() -> Discovered[NotifierPlugin]:
    """Return every installed way to tell people."""
    return discover("postroom.notifiers", NotifierPlugin)
