"""The rule that a file which is surely or probably not read as it was meant is not sent unless a person insists.

Which findings these are is said by `OpenFile.doubts`; here is what follows from them, for every way of sending.
"""

from __future__ import annotations

from collections.abc import Sequence

from ztui.engine.rules import explain
from ztui.errors import SourceError
from ztui.model.finding import Finding


def refuse_misread(doubts: Sequence[Finding]) -> None:
    """Raise SourceError FILE_MISREAD, which says what is wrong and how it is mended, when there are doubts."""
    if not doubts:
        return
    words = explain(doubts[0])
    reason = f"{words.cause} {words.remedy}".strip() if words is not None else doubts[0].code
    more = f" (and {len(doubts) - 1} more of the kind)" if len(doubts) > 1 else ""
    raise SourceError("FILE_MISREAD", details={"reason": reason + more})
