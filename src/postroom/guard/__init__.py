"""The guard: what may be answered without a person, each rule a pure function of the e-mail and the mailbox."""
