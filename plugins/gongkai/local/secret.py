"""The secrets of the local stack: made once, kept in one file that only its owner can read."""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path


@dataclass(frozen=True)
class Secrets:
    """What the processes of one Airflow share, and the password of its one login."""

    fernet_key: str
    api_secret_key: str
    jwt_secret: str
    login_password: str

    @classmethod
    def generate(cls) -> Secrets:
        """New random secrets."""
        return cls(
            fernet_key=base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            api_secret_key=secrets.token_urlsafe(32),
            jwt_secret=secrets.token_urlsafe(48),
            login_password=secrets.token_urlsafe(12),
        )


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read; readers see the old text or the new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def kept_secrets(path: Path) -> Secrets:
    """The secrets kept in ``path``, made at the first call."""
    if path.exists():
        kept = json.loads(path.read_text(encoding="utf-8"))
        if {field.name for field in fields(Secrets)} == kept.keys():
            return Secrets(**kept)
    made = Secrets.generate()
    write_private(path, json.dumps(asdict(made), indent=1) + "\n")
    return made
