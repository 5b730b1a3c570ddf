"""The parts that a region runs for itself and that a laptop gets embedded: PostgreSQL and Apache Kafka."""
