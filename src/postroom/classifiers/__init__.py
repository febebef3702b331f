"""Classifiers: one file is one implementation of `postroom.interfaces.classifier.Classifier`."""
