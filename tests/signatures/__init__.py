"""The labelled set that failure signatures are measured on: how it is made, read and measured."""
