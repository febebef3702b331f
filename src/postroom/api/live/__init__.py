"""The live view: one reader of the event log for all who follow it."""
