"""Sessions that never happened: reproducible, valid, and true."""
