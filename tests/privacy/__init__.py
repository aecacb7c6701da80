"""What leaves the machine, and what is written at all: marked texts go into every emitter, and every byte that comes out is searched."""
