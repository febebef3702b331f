"""Postroom answers a company's support e-mail: the sure ones by itself, the rest through a person, nothing lost."""

__version__ = "0.1.0"
