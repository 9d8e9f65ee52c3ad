"""Static files carry their hash in their name once collected, so they may be cached for a year."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class CollectedOnce(ManifestStaticFilesStorage):
    """Hashed names once `collectstatic` has run; plain names before that (tests, first start, a new file)."""

    def stored_name(self, name: str) -> str:
        is_collected = self.hash_key(self.clean_name(name)) in self.hashed_files
        return super().stored_name(name) if is_collected else name
