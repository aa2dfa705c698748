"""Odoo as in production: workers, the websocket's own process, nginx before them.

For end-to-end tests and benchmarks::

    with ground("nginx") as databases, Stack(databases, "some_database") as stack:
        urlopen(stack.url + "/web/login")
"""

import os
import shutil
import signal
import socket
from contextlib import nullcontext

from setup.lib import nginx_sample, paths, system
from setup.lib.odoo import LAUNCHER
from setup.lib.ports import free_ports
from setup.lib.process import HOST, Process

NGINX = """
{user}
daemon off;
worker_processes 1;
pid "{folder}/nginx.pid";
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_max_body_size 64m;
    client_body_temp_path "{folder}/body";
    proxy_temp_path "{folder}/proxy";
    fastcgi_temp_path "{folder}/fastcgi";
    uwsgi_temp_path "{folder}/uwsgi";
    scgi_temp_path "{folder}/scgi";
    map $http_upgrade $connection_upgrade {{ default upgrade; '' {idle}; }}
    upstream odoo {{ server {host}:{http_port}; {keepalive} }}
    {limits}
    upstream websocket {{ server {host}:{gevent_port}; }}
    server {{
        listen {host}:{port};
        proxy_http_version 1.1;
        proxy_read_timeout 720s;
        # for both: a location that sets one header itself would lose all the others
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-Host $http_host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Real-IP $remote_addr;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
        location /websocket {{
            proxy_pass http://websocket;
        }}
        {locations}
        location / {{
            proxy_pass http://odoo;
        }}
    }}
}}
"""


class Stack:
    """A running Odoo on ``database``; ``url`` is the proxy's address.

    :param databases: see ``setup.lib.prepare.ground``
    :param workers: HTTP worker processes
    :param options: further words of Odoo's command line
    :param keepalive: connections between nginx and Odoo that stay open; more at once
        than that wait for each other
    :param backlog: connections that may wait for Odoo; its own are eight a worker
    :param limits: what nginx is told of limits, beside its servers, see
        ``setup.lib.nginx_sample``
    :param locations: what it is told within its server, before all else
    """

    def __init__(
        self,
        databases,
        database,
        *,
        workers=2,
        options=(),
        keepalive=16,
        backlog=0,
        limits="",
        locations="",
    ):
        self.databases = databases
        self.database = database
        self.workers = workers
        self.options = options
        self.backlog = backlog
        self.nginx_words = {
            "keepalive": f"keepalive {keepalive};" if keepalive else "",
            "idle": "''" if keepalive else "close",
        }
        self.port, self.http_port, self.gevent_port = free_ports(3)
        odoo = f"{HOST}:{self.http_port}"
        self.nginx_words["limits"] = limits.replace(nginx_sample.ODOO, odoo)
        self.nginx_words["locations"] = locations.replace(nginx_sample.ODOO, odoo)
        self.url = f"http://{HOST}:{self.port}"
        self.folder = paths.HOME / "stack" / f"{database}-{self.port}"
        self.config = None
        self.odoo = None
        self.nginx = None

    def __enter__(self):
        """Start both programs and wait until a page comes through."""
        try:
            self.start()
            self.start_nginx()
            self.nginx.wait_for(f"{self.url}/web/login")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_exception):
        self.stop()

    def start(self):
        """Start Odoo and wait for it; also after a ``kill``."""
        self.config = self.databases.configure(
            f"stack-{self.port}",
            http_port=self.http_port,
            gevent_port=self.gevent_port,
        )
        command = (
            paths.PYTHON, LAUNCHER, "-c", self.config, "-d", self.database,
            f"--db-filter=^{self.database}$", f"--workers={self.workers}",
            "--proxy-mode", "--log-level=warn", *self.options,
        )  # fmt: skip
        name = f"odoo-{self.database}"
        environment = dict(self.databases.environment)
        with self._listening() as door:
            more = {"env": environment}
            if door:
                environment["ODOO_HTTP_SOCKET_FD"] = str(door.fileno())
                more["pass_fds"] = [door.fileno()]
            self.odoo = Process(name, command, **more)
        self.odoo.wait_for(f"http://{HOST}:{self.http_port}/web/login")

    def _listening(self):
        """Return the socket that Odoo is given, as systemd can; else nothing."""
        if not self.backlog:
            return nullcontext()
        door = socket.socket()
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.setblocking(False)
        door.bind((HOST, self.http_port))
        door.listen(self.backlog)
        return door

    def start_nginx(self):
        """Put nginx before Odoo; also after it was stopped."""
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = self.folder / "nginx.conf"
        settings.write_text(
            NGINX.format(
                folder=self.folder,
                host=HOST,
                port=self.port,
                http_port=self.http_port,
                gevent_port=self.gevent_port,
                **self.nginx_words,
                # root's state folder is closed to nginx's usual user
                user="" if os.geteuid() else "user root;",
            )
        )
        command = (system.nginx(), "-p", self.folder, "-e", "stderr", "-c", settings)
        self.nginx = Process(f"nginx-{self.database}", command)

    def kill(self):
        """End Odoo at once, as a crash would: no process of it can finish anything."""
        os.killpg(self.odoo.pid, signal.SIGKILL)
        self.odoo.child.wait()

    def stop(self):
        """Stop what runs and remove what it left."""
        for process in (self.nginx, self.odoo):
            if process:
                process.stop(1)  # Odoo takes four to end; what it leaves is rolled back
        if self.config:
            self.config.unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)
