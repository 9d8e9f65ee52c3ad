"""Static files carry their hash in their name once collected, so they may be cached for a year."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class CollectedOnce(ManifestStaticFilesStorage):
    """Hashed names once `collectstatic` has run; plain names before that (tests, first start)."""

    def stored_name(self, name: str) -> str:
        return super().stored_name(name) if self.hashed_files else name
