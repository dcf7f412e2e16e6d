"""How the embedded server is set up, and the small things that setting it up needs."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

from gongkai.errors import SettingsError

SUPERUSER = "gongkai_bootstrap"
"""Makes roles and databases, from this machine only; nothing else uses it."""

CONFIGURATION = """\
unix_socket_directories = ''
max_connections = 200
shared_buffers = 256MB
work_mem = 48MB
maintenance_work_mem = 128MB
random_page_cost = 1.1
jit = off
# nobody replicates it, so that what fills a new table need not go through the log; and fewer checkpoints
wal_level = minimal
max_wal_senders = 0
max_wal_size = 4GB
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
"""

HOST_RULES = f"""\
host all {SUPERUSER} samehost scram-sha-256
host all {SUPERUSER} all reject
host all all all scram-sha-256
"""


def write_private(path: Path, text: str) -> None:
    """A file in ``<state>/postgres``, of the state folder's owner, mode 0600, whole or not there."""
    aside = path.with_suffix(path.suffix + ".new")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    if os.geteuid() == 0:  # a plain user's folder stays his, even when root has started the server once
        owner = path.parents[1].stat()
        os.chown(aside, owner.st_uid, owner.st_gid)
    aside.rename(path)


def is_free(host: str, port: int) -> bool:
    """Whether the port can be listened on.

    Raises:
        SettingsError: the address is not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise SettingsError(f"GONGKAI_HOST: {host} is no address of this machine ({error.strerror}).") from error
    return True
