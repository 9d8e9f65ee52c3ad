"""Public references: random and stable, without date or place in them, since both get corrected."""

from __future__ import annotations

import secrets

# Crockford's base 32: no I, L, O or U, so nothing is misread or spells a word.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """A reference such as LFR-7K2M-Q4XD: 40 random bits; the database refuses the rare repeat."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"LFR-{letters[:4]}-{letters[4:]}"
