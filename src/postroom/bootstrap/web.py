"""The web server of a Postroom: the API over its office, on a socket of its own, in this event loop."""

import asyncio
import contextlib
import resource
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial

import uvicorn

from postroom.actions.forget import forget_forever
from postroom.actions.past_mail import PastMailFolder
from postroom.actions.webhook_deliveries import Dispatch, deliver_forever
from postroom.api.app import create_app
from postroom.api.http_protocol import HttpProtocol
from postroom.api.live.feed import Feed
from postroom.api.live.protocol import StreamProtocol
from postroom.api.office import Limits, ModelsHere, Office, OfficeStanding, Trials
from postroom.api.routers import ROUTERS
from postroom.bootstrap.language_model import purse_of
from postroom.bootstrap.models_training import workshop_of
from postroom.bootstrap.opening import Postroom
from postroom.bootstrap.setup import setup_over_http
from postroom.bootstrap.tries import try_notifier, try_receiver, try_sender
from postroom.engine.runtime import Engine
from postroom.errors import ConfigurationError
from postroom.model.workflow import WorkflowSlug
from postroom.notifiers.post import Reach
from postroom.sealing import Seal
from postroom.settings import Settings, url_at

GRACE_SECONDS = 5
BACKLOG = 512
FILES = 8192
MAX_CLIENT_MESSAGE_BYTES = 64 * 1024
UPLOAD_MARGIN = 1.5
"""A message in base64, with what lies around it, against its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebServer:
    """What serves the API; `url` is where browsers reach it. `serve` ends when it is cancelled."""

    url: str
    office: Office
    listening: socket.socket

    async def serve(self, settings: Settings) -> None:
        """Serve requests, follow the event log and deliver webhooks until cancelled."""
        server = _Server(_config(self.office, settings))
        office = self.office
        dispatch = Dispatch(stores=office.stores, seal=Seal(office.secret), clock=office.clock, reach=office.reach)
        async with asyncio.TaskGroup() as group:
            aside = [
                group.create_task(office.feed.run()),
                group.create_task(deliver_forever(dispatch)),
                group.create_task(forget_forever(office.stores, office.clock, PastMailFolder(settings.folders_dir))),
            ]
            serving = group.create_task(server.serve(sockets=[self.listening]))
            try:
                await asyncio.shield(serving)
            finally:
                server.should_exit = True
                for task in aside:
                    task.cancel()
                # What is being answered may end; a group that is left would cut it off.
                await asyncio.wait({serving})


@asynccontextmanager
async def open_web(postroom: Postroom, engine: Engine) -> AsyncIterator[WebServer]:
    """Give the web server of a running Postroom, listening but not serving yet.

    Raises:
        ConfigurationError: its address cannot be listened on.
    """
    settings = postroom.settings
    _raise_limit_of_files()
    with contextlib.closing(listen(settings)) as listening:
        url = settings.public_url or url_at(*listening.getsockname()[:2])
        yield WebServer(url=url, office=office_of(postroom, engine, public_url=url), listening=listening)


def office_of(postroom: Postroom, engine: Engine, *, public_url: str) -> Office:
    """Return everything that endpoints may use."""
    settings, services = postroom.settings, postroom.services
    return Office(
        stores=postroom.stores,
        clock=services.clock,
        node_types=postroom.node_types,
        setup=partial(setup_over_http, settings),
        trials=Trials(
            receiver=lambda mailbox, account: try_receiver(settings, mailbox, account),
            sender=lambda account: try_sender(settings, account),
            notifier=lambda account: try_notifier(settings, account),
        ),
        standing=lambda: OfficeStanding(
            mailboxes=dict(postroom.directory.mailboxes),
            failures={name: error.message for name, error in postroom.directory.failures.items()},
        ),
        shelf=lambda: postroom.shelves.shelf,
        feed=Feed(postroom.stores.executions),
        wake=engine.wake,
        preferences=postroom.preferred.settings,
        reach=Reach(private_allowed=settings.allow_private_webhooks),
        secret=settings.secret_bytes(),
        workflow=WorkflowSlug(settings.workflow),
        models=ModelsHere(
            in_use=lambda: sorted({one.model for one in postroom.assured.standings}),
            deciders=lambda: tuple(postroom.assured.standings),
            workshop=lambda desk: workshop_of(settings, desk.stores, by=desk.by),
            places=lambda: postroom.assured.places,
        ),
        purse=purse_of(settings),
        public_url=public_url,
        limits=Limits(
            upload_bytes=int(settings.max_message_bytes * UPLOAD_MARGIN),
            past_mail_bytes=settings.max_past_mail_bytes,
        ),
    )


class _Server(uvicorn.Server):
    """Leaves signals to who runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield


def _config(office: Office, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(office, ROUTERS),
        http=HttpProtocol,
        ws=StreamProtocol,
        # Compressed for each client anew, a batch would no longer be encoded once for all.
        ws_per_message_deflate=False,
        ws_max_size=MAX_CLIENT_MESSAGE_BYTES,
        loop="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _raise_limit_of_files() -> None:
    """Let this process have as many sockets and files as it may: mail needs some whatever clients hold open."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def listen(settings: Settings) -> socket.socket:
    """Return a socket that listens where the settings say.

    Raises:
        ConfigurationError: it cannot.
    """
    family = socket.AF_INET6 if ":" in settings.api_host else socket.AF_INET
    # asyncio sends small answers at once only where the protocol is named; else each waits 40 ms for the one before.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind((settings.api_host, settings.api_port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise ConfigurationError(
            f"The API cannot listen on {settings.api_host}:{settings.api_port}: {error.strerror or error}.",
            hint="Another program (or another Postroom) may use that port: set POSTROOM_API_PORT to another one.",
        ) from error
    return listening
