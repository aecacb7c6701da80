"""A header whose name is no UTF-8: the batch that it lies in is read like any other."""

from typing import Any

import pytest
from aiokafka.consumer.fetcher import READ_UNCOMMITTED, PartitionRecords
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from aiokafka.structs import TopicPartition

from fixloop.workers.header_names import _Batches


class LatinName(str):
    """A name that is not sent as UTF-8."""

    __slots__ = ()

    def encode(self, *_: Any) -> bytes:
        """As a client sends it that takes bytes for a name."""
        return super().encode("latin-1")


NAMES = ("plain", "näme", LatinName("\xff\xfe"), LatinName("ce_\x80id"), "after")


def _encoded(compression: int, first: int = 0) -> bytes:
    """A batch with a record for each name, and one without headers at either end."""
    # The builder in Python, since the other one insists on real texts.
    builder = _DefaultRecordBatchBuilderPy(
        magic=2,
        compression_type=compression,
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=1 << 20,
    )
    headers = [[], *([(name, b"value")] for name in NAMES), []]
    for place, of in enumerate(headers):
        assert builder.append(place, timestamp=1_000 + place, key=b"k", value=b"v%d" % place, headers=of)
    encoded = bytearray(builder.build())
    encoded[:8] = first.to_bytes(8, "big")
    return bytes(encoded)


def _read(encoded: bytes, from_offset: int = 0) -> list[Any]:
    """As a consumer reads it."""
    place = TopicPartition("t", 0)
    return list(
        PartitionRecords(place, _Batches(encoded), [], from_offset, None, None, True, READ_UNCOMMITTED)
    )


@pytest.mark.parametrize("compression", [0, _DefaultRecordBatchBuilderPy.CODEC_GZIP], ids=["plain", "gzip"])
def test_every_record_of_such_a_batch_is_read_once_and_in_order(compression: int) -> None:
    """Also what stands before and behind in the batch, and the next batch."""
    count = len(NAMES) + 2
    records = _read(_encoded(compression) + _encoded(compression, first=count))
    assert list(range(2 * count)) == [record.offset for record in records]
    assert [b"v%d" % place for place in range(count)] * 2 == [record.value for record in records]
    names = [record.headers[0][0] for record in records[1 : count - 1]]
    assert ["plain", "näme", "\\xff\\xfe", "ce_\\x80id", "after"] == names


def test_a_consumer_goes_on_in_the_midst_of_such_a_batch() -> None:
    """Where it was left, and not again from the batch's beginning."""
    assert [4, 5, 6] == [record.offset for record in _read(_encoded(0), from_offset=4)]


def test_a_batch_that_is_broken_otherwise_is_still_refused() -> None:
    """Only names are read with indulgence."""
    encoded = bytearray(_encoded(0))
    encoded[-1] ^= 0x55
    with pytest.raises(CorruptRecordException):
        _read(bytes(encoded))
