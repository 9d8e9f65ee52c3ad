"""Files that people send: never more of one on the disk than the largest that is taken."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

LARGEST = 20 * 1024 * 1024  # bytes; as `coordination.intake.extract.limits.Limits.file_bytes`
# Whole requests, in bytes. A page that takes files reads more than it keeps, so that it can say what was too large.
LARGEST_REQUEST = 100 * 1024 * 1024  # as in deploy/nginx.conf
LARGEST_FORM = 2 * 1024 * 1024
TAKES_FILES = frozenset({"/admin/imports/new/"})


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Streams to a temporary file, and lets go of it once it is too large.

    The rest of the request is read and dropped, so that a page can answer. It finds no file, and the name and
    the size of the whole request (bytes) in `request.too_large`.
    """

    request: Any

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > LARGEST:
            size = int(self.request.META.get("CONTENT_LENGTH") or start + len(raw_data))
            self.request.too_large = (self.file_name, size)
            raise StopUpload(connection_reset=False)
        super().receive_data_chunk(raw_data, start)
