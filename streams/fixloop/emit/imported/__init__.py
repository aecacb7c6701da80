"""What was written down before fixloop came: transcripts and reports, as the same events that an emitter writes.

`formats` names what can be read, `sources` opens it, a format's module turns it into facts, and `numbering` makes events of them.
"""
