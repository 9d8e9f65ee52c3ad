"""The checks, by what they look at. Importing this registers all of them."""

from deployments.readiness.checks import afterwards, authority, documents, notice, purpose, system, watchlist

__all__ = ["afterwards", "authority", "documents", "notice", "purpose", "system", "watchlist"]
