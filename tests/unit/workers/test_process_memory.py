"""What holds for a worker's whole process."""

import subprocess
import sys

import pytest

_PROGRAM = """
import ctypes, gc, resource, sys
from pathlib import Path
from fixloop.workers import process_memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 2**20

libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
if sys.argv[1] == "tuned":
    process_memory.tune()
libc.free(libc.malloc(30 * 2**20))  # from now on glibc would take as much out of its heap
before, buffers, between = resident(), [], []
for _ in range(60):
    buffers.append(libc.malloc(2**20))
    ctypes.memset(buffers[-1], 1, 2**20)
    between.append(libc.malloc(1000))
for buffer in buffers:
    libc.free(buffer)
print(resident() - before, gc.get_threshold()[0])
"""


def _left(how: str) -> tuple[int, int]:
    """MiB that are left of sixty freed buffers, and the collector's first threshold."""
    done = subprocess.run([sys.executable, "-c", _PROGRAM, how], capture_output=True, text=True, check=True)
    left, threshold = map(int, done.stdout.split())
    return left, threshold


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no glibc")
def test_buffers_that_are_freed_leave_the_process() -> None:
    """Whatever was put between them; without it they stay. The collector looks rarely."""
    assert _left("untouched")[0] > 30
    left, threshold = _left("tuned")
    assert left < 10
    assert threshold > 100_000
