"""Views of grades under other assumptions."""
