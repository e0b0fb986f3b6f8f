"""How our sentence model is made: labelled cases in, `data/models/text` out. Needs the `train` extra."""
