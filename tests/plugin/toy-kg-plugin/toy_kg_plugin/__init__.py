"""Extensions of kg of every kind, and some that do not work."""
