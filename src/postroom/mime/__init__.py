"""Bytes to model and back: pure functions that never raise on bad mail."""
