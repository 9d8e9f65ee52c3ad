from django.core.management.base import BaseCommand

from events.lag import lag
from events.models import Delivery
from forces.tenancy import national_scope


class Command(BaseCommand):
    help = "Show how far behind delivery is, and the deliveries that wait for a person, oldest first."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--limit", type=int, default=50)

    def handle(self, *args, limit: int, **options) -> None:
        now = lag()
        waited = f"{now.oldest.total_seconds():.1f} s" if now.oldest else "none waits"
        self.stdout.write(
            f"oldest delivery: {waited}; pending {now.pending}, sent {now.sent}, parked {now.parked},"
            f" unsequenced {now.unsequenced}"
        )
        with national_scope():
            parked = (
                Delivery.objects.filter(state=Delivery.State.PARKED).select_related("event").order_by("id")
            )
            for one in parked[:limit]:
                self.stdout.write(
                    f"{one.pk}\t{one.event.recorded_at:%Y-%m-%d %H:%M}\t{one.event.name}\t{one.event.subject}"
                    f"\t{one.subscriber}\t{one.attempts}\t{one.cause}"
                )
