"""One event, one line: a line break in user input must not forge a second line."""

import logging


class RefusalsWithoutTraces(logging.Filter):
    """A request that Django refuses (a foreign host, a form too large) is a line, not a traceback: nothing failed."""

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", 500)
        if record.name.startswith("django.security.") or (record.name == "django.request" and status < 500):
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


class OneLine(logging.Formatter):
    """Escape line breaks of the message; a traceback keeps its lines, indented."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return (
            super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n").replace("\x1b", "\\x1b")
        )

    def formatException(self, ei) -> str:
        return "\n".join("    " + line for line in super().formatException(ei).splitlines())
