"""How much a reader may take before it is stopped."""

from __future__ import annotations

from dataclasses import asdict, dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Hard limits of one reading. All but `file_bytes` and `seconds` hold inside the child process.

    file_bytes: size of the file on disk, looked at before a byte of it is read.
    seconds, cpu_seconds: wall time and processor time of the child.
    memory_bytes: the child's whole address space.
    output_bytes: what the child may write.
    unpacked_bytes, archive_members, ratio: a ZIP container (XLSX, ODS) once unpacked.
    """

    file_bytes: int = 20 * MIB
    seconds: float = 120.0
    cpu_seconds: int = 90
    memory_bytes: int = 1024 * MIB
    output_bytes: int = 256 * MIB
    unpacked_bytes: int = 200 * MIB
    archive_members: int = 2_000
    ratio: int = 200
    pages: int = 500
    rows: int = 250_000
    columns: int = 200
    cells: int = 8_000_000
    cell_chars: int = 5_000

    def as_dict(self) -> dict[str, float]:
        return asdict(self)
