"""Small helpers without a model."""
