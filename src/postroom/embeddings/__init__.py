"""Embeddings: text to vector, computed once for each e-mail; one file is one implementation."""
