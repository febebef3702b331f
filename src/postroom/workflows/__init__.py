"""Workflows as files: load, validate, write; and the shipped templates."""
