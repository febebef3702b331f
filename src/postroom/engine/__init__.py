"""The engine: one durable execution per e-mail. The only package that imports dbos."""
