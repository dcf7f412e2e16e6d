"""The local stack: up, down, and what runs of it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gongkai.errors import GongkaiError
from gongkai.local import process
from gongkai.local.airflow_api import DAGS, AirflowApi, AirflowError, wait_until_known
from gongkai.local.airflow_env import LOGIN
from gongkai.local.layout import AIRFLOW_PARTS, AIRFLOW_PORT, PORTAL_PORT, Layout, login
from gongkai.local.ports import choose_port
from gongkai.local.secret import kept_secrets, write_private
from gongkai.local.state import State, load_state, locked, save_state
from gongkai.settings import Settings

_START_SECONDS = 180.0

Say = Callable[[str], None]


class StackError(GongkaiError):
    """A part of the local stack did not start; the message carries the end of its log."""


@dataclass(frozen=True)
class Addresses:
    """Where the stack listens."""

    airflow: str
    portal: str


class Stack:
    """One local stack, in the state folder of ``settings``."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.layout = Layout(settings)

    def up(self, say: Say) -> Addresses:
        """Start what does not run yet and wait until Airflow is healthy and knows the DAGs.

        Raises:
            SettingsError: a folder, port or database that was set cannot be used.
            StackError: a part did not start.
        """
        with locked(self.layout.folder):
            state = load_state(self.layout.state)
            if not all(_running(state).values()):
                # What is left of a stack that half died holds old ports and keys: all of it starts anew.
                process.stop(list(state.processes.values()), state.mark)
                state.processes.clear()
                self._choose_ports(state)
                save_state(self.layout.state, state)
            self._postgres(say)
            if not state.processes:
                self._start_all(state, say)
            self._wait(state)
        return self.addresses()

    def down(self, say: Say) -> None:
        """Stop all that runs of the stack, the orphans of killed parents included, and nothing else."""
        from gongkai.warehouse.postgres.server import EmbeddedPostgres

        with locked(self.layout.folder):
            state = load_state(self.layout.state)
            stopped = process.stop(list(state.processes.values()), state.mark)
            save_state(self.layout.state, State(mark=state.mark, ports=state.ports))
            say(f"stopped {stopped} processes of Airflow and the portal" if stopped else "Airflow was not running")
            server = EmbeddedPostgres.from_settings(self.settings)
            if server.running:
                server.stop()
                say("stopped Postgres")

    def parts(self) -> dict[str, bool]:
        """Part of the stack -> whether it runs."""
        return _running(load_state(self.layout.state))

    def addresses(self) -> Addresses:
        """Where the stack listens, or would."""
        ports = load_state(self.layout.state).ports
        return Addresses(
            airflow=self.layout.url(ports.get("airflow", AIRFLOW_PORT)),
            portal=self.layout.url(ports.get("portal", PORTAL_PORT)),
        )

    def login(self) -> tuple[str, str]:
        """Name and password of Airflow's login."""
        return LOGIN, kept_secrets(self.layout.secrets).login_password

    def api(self) -> AirflowApi:
        """The API of the running Airflow.

        Raises:
            AirflowError: this stack's Airflow does not run. Another one may listen at its usual address.
        """
        if not self.parts().get("api-server"):
            raise AirflowError("Airflow does not run; start it with `gongkai up`")
        return AirflowApi(self.addresses().airflow, *self.login())

    def airflow(self, arguments: Sequence[str]) -> int:
        """Run a command of Airflow's own command line, and return its exit status.

        Raises:
            WarehouseError: Postgres does not run.
        """
        command = [sys.executable, "-m", "airflow", *arguments]
        return subprocess.run(command, env=self._environment(load_state(self.layout.state)), check=False).returncode

    def _environment(self, state: State) -> dict[str, str]:
        """The environment of Airflow's processes."""
        from gongkai.warehouse.postgres.server import AIRFLOW, EmbeddedPostgres

        # With a warehouse of one's own, the embedded server holds Airflow's database alone.
        metadata = EmbeddedPostgres.from_settings(self.settings).dsn(AIRFLOW, AIRFLOW)
        airflow = self.layout.airflow_environment(metadata, state.ports["airflow"], kept_secrets(self.layout.secrets))
        return self.layout.environment(state.ports["portal"]) | airflow

    def _postgres(self, say: Say) -> None:
        """Start the server and bring the warehouse to the schema of this version."""
        from gongkai.warehouse.connection import dsns
        from gongkai.warehouse.migrate import migrate
        from gongkai.warehouse.postgres.server import EmbeddedPostgres

        say(f"Postgres listens on port {EmbeddedPostgres.from_settings(self.settings).start()}")
        migrate(dsns(self.settings).owner)

    def _choose_ports(self, state: State) -> None:
        wanted = {
            "airflow": ("GONGKAI_AIRFLOW_PORT", self.settings.airflow_port, AIRFLOW_PORT),
            "portal": ("GONGKAI_PORTAL_PORT", self.settings.portal_port, PORTAL_PORT),
        }
        for name, (setting, by_hand, usual) in wanted.items():
            state.ports[name] = choose_port(setting, by_hand, state.ports.get(name), usual, self.settings.host)

    def _start_all(self, state: State, say: Say) -> None:
        write_private(self.layout.passwords, json.dumps(login(kept_secrets(self.layout.secrets))))
        portal = ["-m", "gongkai.demo.portal", "--host", self.settings.host, "--port", str(state.ports["portal"])]
        self._start(state, "portal", portal, self.layout.environment(state.ports["portal"]))
        env = self._environment(state)
        say("preparing Airflow's database")
        self._prepare(env)
        say(f"starting Airflow at {self.addresses().airflow}")
        for name, arguments in AIRFLOW_PARTS.items():
            self._start(state, name, ["-m", *arguments], env)

    def _prepare(self, env: Mapping[str, str]) -> None:
        command = [sys.executable, "-m", "gongkai.orchestrate.prepare"]
        log = self.layout.log("prepare")
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as out:
            done = subprocess.run(command, env=env, cwd=self.settings.project_dir, stdout=out, stderr=out, check=False)
        if done.returncode:
            raise StackError(f"Airflow's database could not be prepared:\n{_tail(log)}")

    def _start(self, state: State, name: str, arguments: list[str], env: Mapping[str, str]) -> None:
        command = [sys.executable, *arguments]
        log = self.layout.log(name)
        state.processes[name] = process.start(command, mark=state.mark, env=env, cwd=self.settings.project_dir, log=log)
        save_state(self.layout.state, state)

    def _wait(self, state: State) -> None:
        """Wait until all parts are healthy and the DAGs are known."""
        until = time.monotonic() + _START_SECONDS
        with self.api() as api:
            while not _healthy(health := api.health()):
                self._check_alive(state)
                if time.monotonic() > until:
                    logs = self.layout.folder / "logs"
                    raise StackError(f"Airflow did not become healthy: {health or 'no answer'}; see {logs}")
                time.sleep(0.5)
            wait_until_known(api, DAGS, until - time.monotonic())

    def _check_alive(self, state: State) -> None:
        for name, runs in _running(state).items():
            if not runs:
                raise StackError(f"{name} did not start; the end of its log:\n{_tail(self.layout.log(name))}")


def _running(state: State) -> dict[str, bool]:
    names = ("portal", *AIRFLOW_PARTS)
    return {name: name in state.processes and process.running(state.processes[name]) for name in names}


def _healthy(health: Mapping[str, str]) -> bool:
    return bool(health) and set(health.values()) == {"healthy"}


def _tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
