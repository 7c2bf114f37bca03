"""Grades under other assumptions: what if, plan, sensitivity, other algebras."""
