"""`trinity doctor`: each finding, good and bad, with what to do about it."""

from __future__ import annotations

import pytest

from cli import doctor
from cli.doctor import Finding, State


def test_prints_every_finding_and_no_fault_here(trinity):
    result = trinity("doctor")
    assert result.exit_code == 0
    for subject in ("System", "Python", "Packages", "Disk", "Port", "Fonts", "Jail"):
        assert f"{subject}:" in result.stdout


def test_a_fault_is_code_1_with_its_remedy(trinity, monkeypatch):
    monkeypatch.setattr(doctor, "disk", lambda _: Finding("Disk", State.FAULT, "0.0 GB free [here].", "Make room."))
    result = trinity("doctor")
    assert result.exit_code == 1
    assert "fault   Disk: 0.0 GB free [here]." in result.stdout
    assert "What to do: Make room." in result.stdout


@pytest.mark.parametrize(
    ("name", "release", "state"),
    [
        ("Linux", "6.1.0-generic", State.GOOD),
        ("Linux", "5.15.153.1-microsoft-standard-WSL2", State.NOTICE),
        ("Darwin", "24.1.0", State.NOTICE),
        ("Windows", "11", State.FAULT),
        ("FreeBSD", "14", State.NOTICE),
    ],
)
def test_system(name, release, state):
    finding = doctor.system(name, release)
    assert finding.state is state
    assert bool(finding.remedy) is (state is not State.GOOD)


@pytest.mark.parametrize(
    ("version", "state"), [((3, 10, 9), State.FAULT), ((3, 11, 0), State.GOOD), ((3, 14, 1), State.GOOD)]
)
def test_python(version, state):
    assert doctor.python(version).state is state


@pytest.mark.parametrize(
    ("lines", "state", "words"),
    [
        ("# comment\npip>=1\n", State.GOOD, "all 1 agree"),
        ("pip==0.0.1\n", State.NOTICE, "pip "),
        ("pip==0.0.1\nno-such-package==1\n", State.FAULT, "no-such-package"),
        ('pip>=1\nno-such-package==1; sys_platform == "nowhere"\n', State.GOOD, "all 1 agree"),
    ],
)
def test_packages(tmp_path, lines, state, words):
    constraints = tmp_path / "constraints.txt"
    constraints.write_text(lines)
    finding = doctor.packages(constraints)
    assert finding.state is state
    assert words in finding.detail


@pytest.mark.parametrize(("free", "state"), [(10**7, State.FAULT), (5 * 10**8, State.NOTICE), (10**10, State.GOOD)])
def test_disk(tmp_path, free, state):
    assert doctor.disk(tmp_path, free).state is state


@pytest.mark.parametrize(
    ("first", "second", "state", "words"),
    [
        ("", "", State.GOOD, "bubblewrap"),
        ("no namespaces", "", State.NOTICE, "no namespaces"),
        ("it needs Linux", "it needs Linux", State.NOTICE, "marking refuses"),
    ],
)
def test_jail(first, second, state, words):
    finding = doctor.jail({"bubblewrap": first, "landlock": second})
    assert finding.state is state
    assert words in finding.detail


def test_port_in_use(listening):
    finding = doctor.port(listening)
    assert finding.state is State.NOTICE
    assert f"{listening} is in use" in finding.detail
    assert "make lab PORT=" in finding.remedy


def test_font():
    assert doctor.font("DejaVu Sans").state is State.GOOD
    assert doctor.font("No Such Letters").state is State.NOTICE
