from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EventsConfig(AppConfig):
    name = "events"

    def ready(self) -> None:
        """Every app's events first, then who listens to them."""
        autodiscover_modules("events")
        autodiscover_modules("subscriptions")
