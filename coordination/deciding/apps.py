from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DecidingConfig(AppConfig):
    name = "coordination.deciding"

    def ready(self) -> None:
        """Every app's kinds of decision, from its module `decisions`."""
        autodiscover_modules("decisions")
