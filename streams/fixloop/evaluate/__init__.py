"""How good the detector is: its detections against labels and hidden truth, beside simpler rules. Pure: facts in, figures out."""
