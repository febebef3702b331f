"""Responders: each drafts a reply from approved articles, in its own way."""
