"""The heart-beat of this process, so that others see that it lives."""

import os
import socket

from postroom.interfaces.clock import Clock
from postroom.interfaces.stores.controls import Controls
from postroom.model.control import Process


async def beat(controls: Controls, clock: Clock, *, executor_id: str) -> None:
    """Note that this process lives."""
    process = Process(executor_id=executor_id, host=socket.gethostname(), pid=os.getpid(), beat_at=clock.now())
    await controls.beat(process)
