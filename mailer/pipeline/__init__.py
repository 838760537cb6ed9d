"""The verbs, one file a stage, in the order mail flows."""
