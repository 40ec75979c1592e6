import asyncio
import os
import signal

import pytest

from ztui.cli.context import orderly_ends, run_async
from ztui.cli.diagnostics import Interrupted


def test_the_result_is_handed_back() -> None:
    async def work() -> int:
        return 5

    assert run_async(work()) == 5


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_cancels_the_work_and_lets_it_tidy_up(number: signal.Signals) -> None:
    tidied = []

    async def work() -> None:
        os.kill(os.getpid(), number)
        try:
            await asyncio.Event().wait()
        finally:
            tidied.append(True)

    with pytest.raises(Interrupted) as caught:
        run_async(work())
    assert caught.value.number == number
    assert tidied == [True]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_outside_of_a_loop_ends_it_in_order(number: signal.Signals) -> None:
    async def work() -> int:
        return 5

    before = signal.getsignal(number)
    with orderly_ends():
        run_async(work())  # whose loop leaves no handler behind
        with pytest.raises(Interrupted) as caught:
            os.kill(os.getpid(), number)
    assert caught.value.number == number
    assert signal.getsignal(number) == before
