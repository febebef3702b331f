"""Language models behind any OpenAI-compatible server: the client, its prices and its budget.

Nothing outside this package knows the library that speaks to them.
"""
