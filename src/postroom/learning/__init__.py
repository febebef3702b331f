"""Learning: example mails, training, and the trained model as plain arrays."""
