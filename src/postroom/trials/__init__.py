"""Trials: what became of generated mail, compared with what its maker knows of it."""
