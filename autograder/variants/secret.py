"""The course's secret: a file that the course's folder ignores, from which every sealed seed follows."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import MarkingError

PLACE = Path(".trinity", "secret")
LEAST = 32


@dataclass(frozen=True)
class Secret:
    """What only the course's keeper has.

    Attributes
    ----------
    key : bytes
        Never printed.
    """

    key: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """By which a record says which secret it was, without giving it away: 12 hexadecimal digits."""
        return hmac.new(self.key, b"name", hashlib.sha256).hexdigest()[:12]

    def number(self, *words: str) -> int:
        """Return a whole number of 48 bits that follows from the secret and some words, and says nothing of it."""
        message = b"".join(len(word.encode()).to_bytes(4, "big") + word.encode() for word in words)
        return int.from_bytes(hmac.new(self.key, message, hashlib.sha256).digest()[:6], "big")


def read_secret(course: Path) -> Secret | None:
    """Return a course's secret; None if it has none, and marks are then for practice.

    Parameters
    ----------
    course : Path
        The course's folder.

    Returns
    -------
    Secret or None
        As kept in ``.trinity/secret``.

    Raises
    ------
    MarkingError
        If the file is there and cannot be read, is too short, or can be read by others.
    """
    path = course / PLACE
    try:
        text = path.read_text(encoding="ascii").strip()
        mode = path.stat().st_mode
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise MarkingError(f"The course's secret, {path}, cannot be read: {error}.") from None
    if mode & 0o077:
        raise MarkingError(f"The course's secret, {path}, can be read by others; say: chmod 600 {path}")
    if len(text) < LEAST:
        raise MarkingError(f"The course's secret, {path}, has {len(text)} characters; {LEAST} or more are needed.")
    return Secret(text.encode())


def write_secret(course: Path) -> Path:
    """Give a course a secret if it has none.

    Parameters
    ----------
    course : Path
        The course's folder.

    Returns
    -------
    Path
        Where it lies; readable by its owner alone. Keep a copy: without it no mark can be redone.
    """
    path = course / PLACE
    path.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(LEAST) + "\n")
    return path
