"""The HTTP API: REST and a live stream over what `actions` may do. Endpoints are thin; one error format (RFC 9457)."""
