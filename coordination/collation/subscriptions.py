"""What the statistics do when the register speaks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from coordination.collation.counting import count_again
from events.registry import Delivered, subscribe
from forces.models import Force
from register.events import EntryEntered, EntryRedacted


@subscribe(EntryEntered, name="collation.count_entered")
def count_entered(batch: Sequence[Delivered]) -> None:
    """An entry was placed: see what stands for its reference now, and count that."""
    _look_again(batch)


@subscribe(EntryRedacted, name="collation.count_redacted")
def count_redacted(batch: Sequence[Delivered]) -> None:
    """A body has gone: what can no longer be read is no longer counted."""
    _look_again(batch)


def _look_again(batch: Sequence[Delivered]) -> None:
    references: dict[int, set[str]] = defaultdict(set)
    for delivered in batch:
        if delivered.force_id is not None:  # the register records every event for a force
            references[delivered.force_id].add(delivered.happened.reference)
    for force in Force.objects.filter(pk__in=list(references)).order_by("pk"):
        count_again(force, references[force.pk])
