import shutil
import tempfile
from pathlib import Path

import pytest

from config.stack.ground import OUTSIDE


@pytest.fixture
def data_dir():
    """An empty folder that the servers' account can pass through (pytest's own tmp_path is closed to it)."""
    folder = Path(tempfile.mkdtemp(prefix="lfr-config-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def leaves_nothing_outside():
    """Remove what a test put below /var/lib/lfr for want of a reachable folder."""
    before = set(OUTSIDE.iterdir()) if OUTSIDE.is_dir() else None
    yield
    if OUTSIDE.is_dir():
        for path in set(OUTSIDE.iterdir()) - (before or set()):
            shutil.rmtree(path, ignore_errors=True)
        if before is None:
            OUTSIDE.rmdir()
