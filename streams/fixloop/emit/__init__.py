"""Emitters: they run inside other people's processes, so they use the standard library alone and never raise into them."""
