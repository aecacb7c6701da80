"""Real services for tests, demo and benchmarks: Kafka, Prometheus, Alertmanager, Compose; all on 127.0.0.1."""
