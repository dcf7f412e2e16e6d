"""The few errors of gongkai. Each message says what is wrong, where, and what to do next."""

from __future__ import annotations


class GongkaiError(Exception):
    """Anything that gongkai refuses or cannot do; the command line prints the message and exits."""


class SettingsError(GongkaiError):
    """A setting is wrong. The message names the setting."""


class FormError(GongkaiError):
    """A form file is wrong, or a form is unknown."""


class UnreadableError(GongkaiError):
    """A document cannot be read: truncated, encrypted, oversized, or not what it says it is."""


class UnsupportedError(GongkaiError):
    """A document is of a kind that gongkai cannot read here; the message names what would read it."""


class WarehouseError(GongkaiError):
    """The warehouse refuses: no connection, wrong schema version, a column that changed without a migration."""


class GateError(GongkaiError):
    """The gate refused a candidate; the live marts stay as they are."""


class FetchError(GongkaiError):
    """A portal or page could not be fetched."""
