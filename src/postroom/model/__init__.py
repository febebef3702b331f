"""The nouns of Postroom: frozen dataclasses that need nothing but the standard library."""
