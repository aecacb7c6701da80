"""How good the detector is: figures from facts."""
