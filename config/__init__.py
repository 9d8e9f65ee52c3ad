"""Wiring. Nothing imports this package except the processes it starts."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
