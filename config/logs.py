"""One event, one line: a line break in user input must not forge a second line."""

import logging


class OneLine(logging.Formatter):
    """Escape line breaks of the message; a traceback keeps its lines, indented."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return (
            super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n").replace("\x1b", "\\x1b")
        )

    def formatException(self, ei) -> str:
        return "\n".join("    " + line for line in super().formatException(ei).splitlines())
