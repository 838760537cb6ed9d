"""The verbs: what people and the daemon do, in a room for each thing that they work on."""
