"""The partition of an aggregate: the same on both transports."""

from aiokafka.partitioner import murmur2

PARTITIONS = 12


def partition_of(subject: str) -> int:
    """Partition, 0 to 11, of the events of one aggregate: Kafka's own rule for a record's key."""
    return (int(murmur2(subject.encode())) & 0x7FFFFFFF) % PARTITIONS
