"""The shells that join the stages: the Faust worker, the embedded runner, the shipper, the replay. The only place that does."""
