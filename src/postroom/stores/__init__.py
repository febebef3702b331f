"""Stores: where everything is kept. A folder is one implementation of `postroom.interfaces.stores`."""
