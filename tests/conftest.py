"""No test reads what the person at this machine has looked up, or writes among it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def a_record_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("share")))
        for name in ("KG_LOOK_UPS", "KG_CONTACT", "KG_ENDPOINTS"):
            patch.delenv(name, raising=False)
        yield
