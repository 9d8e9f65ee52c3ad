"""How a reader, inside the child process, says that it cannot go on.

Only a code and its values cross the process boundary: the words are the parent's (`errors.py`), where the
translations are, and the child loads no Django.
"""

from __future__ import annotations


class Stop(Exception):
    """The file cannot be read. `code` is a key of `errors.MESSAGES`; `values` fill its placeholders."""

    def __init__(self, code: str, **values: str | int):
        super().__init__(code)
        self.code = code
        self.values = values
