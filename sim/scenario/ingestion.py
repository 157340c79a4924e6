"""How a service's records are taken in: runs that fail, and what it takes to run them oftener."""

from __future__ import annotations

from sim.scenario.parameter import Part, parameter


class Ingestion(Part):
    """The pipeline's runs: how often they fail, and what hourly runs and a stream need beside a nightly one."""

    fail_share: float = parameter(
        0.03, unit="share of nights", low=0, high=0.9, source="general: scheduled jobs fail one run in 20 to 100",
        about="Nights on which the first run fails.",
    )  # fmt: skip
    retries: int = parameter(
        2, unit="runs", low=0, high=10, source="general: a scheduler's usual setting",
        about="Further runs tried by themselves when one fails.",
    )  # fmt: skip
    retry_fail_share: float = parameter(
        0.35, unit="share of retries", low=0, high=1, source="general: most faults pass by themselves, some persist",
        about="Retries that fail as well.",
    )  # fmt: skip
    repair_hours: float = parameter(
        3.0, unit="hours of work", low=0, high=100, source="general",
        about="A person's work when every retry has failed; the batch waits until it is done.",
    )  # fmt: skip
    start_vcpu_hours: float = parameter(
        0.5, unit="vCPU hours", low=0, high=100, source="general: a few minutes of a machine to start and stop a run",
        about="Work of the machines for each start of the pipeline beside the nightly one.",
    )  # fmt: skip
    stream_machines: int = parameter(
        2, unit="machines", low=0, high=100, source="general: a broker and a consumer that are always on",
        about="Machines of the pipeline's size that a stream keeps running beside the others.",
    )  # fmt: skip
    hourly_toil_hours: float = parameter(
        1.0, unit="hours of work per week", low=0, high=80, source="general",
        about="A person's care for runs that fail in the day: late, overlapping, out of order.",
    )  # fmt: skip
    stream_toil_hours: float = parameter(
        4.0, unit="hours of work per week", low=0, high=80, source="general",
        about="A person's care for a stream that falls over: lag, poison messages, restarts.",
    )  # fmt: skip
