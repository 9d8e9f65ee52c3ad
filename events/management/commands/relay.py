import signal

from django.core.management.base import BaseCommand

from events.relay import Relay


class Command(BaseCommand):
    help = "Hand events to their subscribers and give them their place in the feed. Several may run."
    requires_system_checks = ["database"]

    def handle(self, *args, **options) -> None:
        relay = Relay()

        def stop(*_: object) -> None:
            relay.stopping = True

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        relay.run()
