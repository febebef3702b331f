"""The settings of one process, and nothing that people change while it runs: that lives in the store."""

from postroom.settings.checks import MOCK_ADDRESS
from postroom.settings.load import load_settings
from postroom.settings.reference import settings_example, settings_reference
from postroom.settings.settings import CONFIDENTIAL, PREFIX, Settings
from postroom.settings.url import url_at

__all__ = [
    "CONFIDENTIAL",
    "MOCK_ADDRESS",
    "PREFIX",
    "Settings",
    "load_settings",
    "settings_example",
    "settings_reference",
    "url_at",
]
