"""Which worker runs what, where a test run has several.

A file's tests stay together, so that what the file prepares (a planted database, a browser, a running service) is
prepared once; the walk of every address is too long for that and is cut by function and door. What waits for
processes starts first: the other worker has the processor meanwhile, and nothing long is left for the end.
"""

from __future__ import annotations

import pytest

LONG = ("tests/site/test_walk.py", "tests/browser/test_gallery.py")
WAITING = ("processes", "browser")


def unit(nodeid: str) -> str:
    """The piece of work that a test belongs to: its file, or in a long one its function and first word."""
    path, _, name = nodeid.partition("::")
    return f"{path}::{name.partition(':')[0]}" if path in LONG else path


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    waiting = {unit(item.nodeid) for item in items if any(map(item.get_closest_marker, WAITING))}
    items.sort(key=lambda item: unit(item.nodeid) not in waiting)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    from xdist.scheduler.loadscope import LoadScopeScheduling

    class ByUnit(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return unit(nodeid)

    config.option.loadscopereorder = False
    return ByUnit(config, log)
