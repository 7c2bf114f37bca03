"""Diagrams of graded chains, and the formats they are drawn in."""
