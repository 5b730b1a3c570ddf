"""The two transports of published events: the HTTP feed and Kafka, under one port and one conformance suite."""
