"""Mechanism paths of DrugMechDB and dismech."""
