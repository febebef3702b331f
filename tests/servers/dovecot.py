"""A real Dovecot 2.3 in a temporary folder, run as whoever runs the tests."""

import grp
import http.server
import json
import os
import pwd
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from smtplib import LMTP

from imapclient import IMAPClient

from servers.certificates import Certificates, certificates

LOOPBACK = "127.0.0.1"
START_SECONDS = 30
PASSWORD = 's3cret "with" quotes \\'

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = {loopback}
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
auth_cache_size = 0
default_login_user = {login_user}
default_internal_user = {internal_user}
default_internal_group = {internal_group}
default_client_limit = 4000
first_valid_uid = 1
mail_fsync = never
mail_max_userip_connections = 100
mail_location = maildir:~/Maildir
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users/%u
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner_group} home={folder}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    special_use = \\Sent
  }}
  mailbox "Gesendete Elemente" {{
    special_use = \\Sent
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
  }}
}}
service imap {{
  service_count = 100
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
{extra}
"""

OAUTH2 = """
introspection_mode = auth
introspection_url = http://{loopback}:{port}/
active_attribute = active
active_value = true
username_attribute = username
"""


@dataclass(slots=True)
class Dovecot:
    """A server with its ports; TLS is true for the name `localhost` only, under the authority of `ca_file`.

    Sent folders have the mark of SPECIAL-USE once they are created as "Sent" or "Gesendete Elemente".
    """

    folder: Path
    imap_port: int
    imaps_port: int
    lmtp_port: int
    ca_file: Path
    tokens: dict[str, str]
    host: str = LOOPBACK
    tls_host: str = "localhost"
    _process: subprocess.Popen[bytes] | None = field(default=None)

    def add_user(self, name: str, password: str = PASSWORD) -> None:
        """Let a user log in and get mail."""
        # A file a user: Dovecot looks for changes of a file once a second only.
        (self.folder / "users" / name).write_text(f"{name}:{{PLAIN.HEX}}{password.encode().hex()}::::::\n")

    def add_token(self, token: str, user: str) -> None:
        """Let `user` log in with an OAuth token; a token taken out of `tokens` is refused."""
        self.tokens[token] = user

    def deliver(self, content: bytes, user: str) -> None:
        """Put a message into the user's INBOX, as a mail server does."""
        with LMTP(LOOPBACK, self.lmtp_port) as lmtp:
            lmtp.sendmail("sender@example.com", [user], content)

    @contextmanager
    def session(self, user: str, password: str = PASSWORD) -> Iterator[IMAPClient]:
        """Give a logged-in IMAP connection, to do what another mail program would."""
        with IMAPClient(LOOPBACK, self.imap_port, ssl=False, timeout=30) as client:
            client.login(user, password)
            yield client

    def append(
        self,
        user: str,
        *contents: bytes,
        folder: str = "INBOX",
        at: datetime | None = None,
        flags: Iterable[str] = (),
    ) -> None:
        """Append messages to a folder, with `at` as their INTERNALDATE (None: now)."""
        marks = tuple(flags)
        with self.session(user) as client:
            for content in contents:
                client.append(folder, content, marks, at)

    def append_many(
        self, user: str, contents: Iterable[bytes], *, folder: str = "INBOX", at: datetime | None = None
    ) -> None:
        """Append many messages in one command, with `at` as their INTERNALDATE (None: now)."""
        date: dict[str, object] = {} if at is None else {"date": at}
        with self.session(user) as client:
            client.multiappend(folder, [{"msg": content, **date} for content in contents])

    def maildir(self, user: str, folder: str = "INBOX") -> Path:
        """Return where the messages of a folder lie (its name in modified UTF-7)."""
        root = self.folder / "mail" / user / "Maildir"
        return root if folder == "INBOX" else root / f".{folder.replace('/', '.')}"

    def new_uid_validity(self, user: str, folder: str = "INBOX") -> None:
        """Make the server forget all UIDs of a folder: UIDVALIDITY is another one from now on."""
        place = self.maildir(user, folder)
        first = _uid_validity(place)
        # UIDVALIDITY is made of seconds here, and a folder made anew in the same second would get the same.
        for index in place.glob("dovecot*"):
            index.unlink()
        (place / "dovecot-uidlist").write_text(f"3 V{first + 1} N1 G{os.urandom(16).hex()}\n")
        _give(place / "dovecot-uidlist", place)

    def backup(self, user: str) -> Path:
        """Copy all mail of a user, with its indexes."""
        copy = Path(tempfile.mkdtemp(dir=self.folder))
        shutil.copytree(self.folder / "mail" / user, copy / user)
        return copy / user

    def restore(self, user: str, copy: Path) -> None:
        """Put a backup in place of what is there, while the server stands still."""
        self.kill()
        place = self.folder / "mail" / user
        owner = place.stat()
        shutil.rmtree(place)
        shutil.copytree(copy, place)
        for path in (place, *place.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid)
        self.start()

    def start(self) -> None:
        """Start the server and return when it answers.

        Raises:
            RuntimeError: Dovecot is not installed, or does not start; the message says why.
        """
        program = shutil.which("dovecot") or shutil.which("/usr/sbin/dovecot")
        if program is None:
            raise RuntimeError("Dovecot is missing: apt-get install dovecot-imapd dovecot-lmtpd")
        self._process = subprocess.Popen(
            [program, "-F", "-c", str(self.folder / "dovecot.conf")], start_new_session=True, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + START_SECONDS
        while not all(_answers(port) for port in (self.imap_port, self.lmtp_port)):
            try:
                self._process.wait(timeout=0.005)
            except subprocess.TimeoutExpired:
                if time.monotonic() < end:
                    continue
            raise RuntimeError(f"Dovecot did not start:\n{self.log()}")

    def kill(self) -> None:
        """Kill the server with all its processes, as a failing machine does; connections are reset."""
        process, self._process = self._process, None
        if process is None:
            return
        members = [os.pidfd_open(pid) for pid in _group(process.pid)]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=START_SECONDS)
        # The rest of them write mail and hold ports until they are gone.
        for member in members:
            select.select([member], [], [], START_SECONDS)
            os.close(member)

    def restart(self) -> None:
        """Kill the server and start it at the same ports."""
        self.kill()
        self.start()

    def log(self) -> str:
        """Return what Dovecot wrote down."""
        path = self.folder / "dovecot.log"
        return path.read_text() if path.exists() else ""


@contextmanager
def running_dovecot(*, extra: str = "") -> Iterator[Dovecot]:
    """Give a running Dovecot; `extra` is added to its configuration (`imap_capability = …`)."""
    # Not pytest's own folder: only its owner may enter that, and mail belongs to another user when root runs tests.
    with tempfile.TemporaryDirectory(prefix="dovecot-", ignore_cleanup_errors=True) as name, _introspection() as guide:
        folder = Path(name)
        folder.chmod(0o755)
        own = certificates(folder, names=("localhost",))
        imap_port, imaps_port, lmtp_port = free_ports(3)
        server = Dovecot(
            folder=folder,
            imap_port=imap_port,
            imaps_port=imaps_port,
            lmtp_port=lmtp_port,
            ca_file=own.ca_file,
            tokens=guide.tokens,
        )
        (folder / "users").mkdir()
        (folder / "oauth2.conf").write_text(OAUTH2.format(loopback=LOOPBACK, port=guide.port))
        (folder / "dovecot.conf").write_text(_config(server, own, extra))
        server.start()
        try:
            yield server
        finally:
            server.kill()


def free_ports(count: int) -> list[int]:
    """Return different loopback ports that nobody listens on now."""
    sockets = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _config(server: Dovecot, own: Certificates, extra: str) -> str:
    runner = pwd.getpwuid(os.getuid())
    # Dovecot neither opens mail nor talks to strangers as root; its package brings users for that.
    internal = pwd.getpwnam("dovecot") if runner.pw_uid == 0 else runner
    owner = pwd.getpwnam("nobody") if runner.pw_uid == 0 else runner
    mail = server.folder / "mail"
    mail.mkdir()
    os.chown(mail, owner.pw_uid, owner.pw_gid)
    return CONFIG.format(
        folder=server.folder,
        loopback=LOOPBACK,
        certificate=own.certificate_file,
        key=own.key_file,
        login_user=runner.pw_name if owner is runner else "dovenull",
        internal_user=internal.pw_name,
        internal_group=grp.getgrgid(internal.pw_gid).gr_name,
        owner=owner.pw_uid,
        owner_group=owner.pw_gid,
        imap_port=server.imap_port,
        imaps_port=server.imaps_port,
        lmtp_port=server.lmtp_port,
        extra=extra,
    )


def _group(leader: int) -> Iterator[int]:
    """Yield the processes of a process group."""
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(ProcessLookupError, PermissionError):
            if os.getpgid(int(entry.name)) == leader:
                yield int(entry.name)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((LOOPBACK, port), timeout=START_SECONDS) as connection:
            # A server that is ready greets; the port of TLS waits for the client, and belongs to the same program.
            return connection.recv(1) != b""
    except ConnectionRefusedError:
        return False


def _uid_validity(place: Path) -> int:
    header = (place / "dovecot-uidlist").read_text().splitlines()[0]
    return next(int(word[1:]) for word in header.split() if word.startswith("V"))


def _give(path: Path, like: Path) -> None:
    owner = like.stat()
    os.chown(path, owner.st_uid, owner.st_gid)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Introspection:
    port: int
    tokens: dict[str, str]


@contextmanager
def _introspection() -> Iterator[_Introspection]:
    """Answer Dovecot's questions about tokens (RFC 7662) on a loopback port."""
    tokens: dict[str, str] = {}

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            user = tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
            body = json.dumps({"active": user is not None, "username": user or ""}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its name in http.server
            """Say nothing."""

    with http.server.ThreadingHTTPServer((LOOPBACK, 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield _Introspection(port=server.server_port, tokens=tokens)
        finally:
            server.shutdown()
            thread.join()
