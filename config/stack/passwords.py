"""Random passwords, made once and kept where only the launcher's account can read them."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from config.stack.ground import StackError


def _random() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class Passwords:
    """One password per role, and the key that signs sessions."""

    superuser: str = field(default_factory=_random)
    owner: str = field(default_factory=_random)
    app: str = field(default_factory=_random)
    valkey: str = field(default_factory=_random)
    secret_key: str = field(default_factory=_random)

    @classmethod
    def kept_in(cls, folder: Path) -> Passwords:
        """Those in `folder/passwords.json` (mode 0600), made now if there are none.

        Raises StackError when the file is there and cannot be used: without it the data cannot be opened.
        """
        path = folder / "passwords.json"
        try:
            return cls(**json.loads(path.read_text()))
        except FileNotFoundError:
            fresh = cls()
            unfinished = path.with_suffix(".new")
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                json.dump(asdict(fresh), file)
                file.flush()
                os.fsync(descriptor)
            unfinished.replace(path)
            return fresh
        except (OSError, ValueError, TypeError) as error:
            raise StackError(
                f"{path} cannot be read ({type(error).__name__}). Restore it from a backup; without it the "
                "data in that folder cannot be opened."
            ) from None
