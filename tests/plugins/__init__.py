"""Plugins that are not written in Python: built, and run with their hosts or a stand-in of them."""
