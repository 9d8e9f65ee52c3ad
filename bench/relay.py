"""The service's relay, which also knows the subscribers that are only here to be measured."""

from __future__ import annotations

import os
import signal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

import bench.peers.delivery  # noqa: E402, F401 - registers them
from events.relay import Relay  # noqa: E402

relay = Relay()


def stop(*_: object) -> None:
    relay.stopping = True


signal.signal(signal.SIGTERM, stop)
relay.run()
