"""The kill harness: Postroom is killed again and again while mail arrives, and nothing may be lost or sent twice."""
