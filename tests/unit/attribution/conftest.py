"""The same examples on every run of the property tests, and no clock to judge them."""

from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True, max_examples=200)
settings.load_profile("steady")
