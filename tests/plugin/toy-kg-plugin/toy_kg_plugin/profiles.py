"""A profile that starts every study of people lower than `grade` does."""

STRICT = {
    "title": "Toy profile: randomised trials start at low",
    "version": "1",
    "start": {"randomised": 2},
}
