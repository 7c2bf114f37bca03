"""What is in a document: its blocks of code."""

from __future__ import annotations

import re

BLOCK = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
