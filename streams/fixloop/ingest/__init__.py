"""What comes in: bytes and files to events, or to a dead letter with its reason."""
