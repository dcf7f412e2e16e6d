"""Which port a server of the local stack listens on."""

from __future__ import annotations

import errno
import socket

from gongkai.errors import SettingsError

_HIGHEST = 65535
_TAKEN = (errno.EADDRINUSE, errno.EACCES)


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen on ``host:port`` now.

    Raises:
        SettingsError: ``host`` is not an address of this machine.
    """
    try:
        info = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(info[0], info[1]) as probe:
            # A port that a server of ours has just left is free, although connections to it linger.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            return _can_bind(probe, info[4])
    except socket.gaierror as error:
        raise SettingsError(f"GONGKAI_HOST={host}: not an address of this machine ({error.strerror})") from error


def _can_bind(probe: socket.socket, address: object) -> bool:
    try:
        probe.bind(address)  # type: ignore[arg-type]
    except OSError as error:
        if error.errno in _TAKEN:
            return False
        raise SettingsError(f"GONGKAI_HOST: cannot listen on {address} ({error.strerror})") from error
    return True


def choose_port(setting: str, by_hand: int, kept: int | None, usual: int, host: str) -> int:
    """The port set by hand, else the one kept from last time, else the first free one from ``usual`` on.

    Raises:
        SettingsError: the port set by hand is taken; the message names the setting.
    """
    if by_hand:
        if not is_free(host, by_hand):
            raise SettingsError(f"{setting}={by_hand}: the port is taken on {host}; set another one, or 0 for any")
        return by_hand
    if kept is not None and is_free(host, kept):
        return kept
    for port in range(usual, _HIGHEST + 1):
        if is_free(host, port):
            return port
    raise SettingsError(f"{setting}: no free port on {host} from {usual} on")
