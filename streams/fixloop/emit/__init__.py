"""Emitters run inside other people's processes: standard library alone, and no error ever leaves them."""
