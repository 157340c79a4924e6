"""The positions of each lever: the naive default, the reference practice, and milder and stricter ones between."""

from __future__ import annotations

from typing import Any

from sim.cockpit.option import Option
from sim.practices.integration import FIRST


def _practice(
    label: str, maker: str, reference: bool = False, needs: tuple[str, ...] = (), **parameters: Any
) -> Option:
    return Option(label, f"practices.{maker}", parameters=parameters, reference=reference, needs=needs)


def _made(label: str, maker: str, *arguments: Any, reference: bool = False, **parameters: Any) -> Option:
    return Option(label, maker, arguments, parameters, reference=reference)


def _choice(label: str, choice: Any, reference: bool = False) -> Option:
    return Option(label, choice=choice, reference=reference)


NO_ALARMS = ("watch_model", "it waits for alarms, and nobody watches the model: it will never retrain")
NO_VERSIONS = ("versioning", "no version is kept: unless the release is blue-green, people have to rebuild it first")
NO_TAGS = ("tag", "nothing is tagged: all stays shared, and no owner sees a bill")

POSITIONS: dict[str, tuple[str, tuple[Option, ...]]] = {
    "validate": (
        "Gate on arriving records",
        (
            Option("Keep everything"),
            _practice("Coarse gate", "validation_gate", reach=6.0, most_missing=3),
            _practice("Gate", "validation_gate", True),
            _practice("Strict gate", "validation_gate", reach=3.0, most_missing=0),
        ),
    ),
    "repair": (
        "Repair of records",
        (Option("As they came"), _practice("Mend small faults", "repair_batch", True)),
    ),
    "ingest": (
        "Ingestion",
        (Option("Nightly"), _choice("Hourly", "hourly", True), _choice("Streaming", "streaming")),
    ),
    "contracts": (
        "Data contracts",
        (Option("None"), _choice("With every source", "all", True)),
    ),
    "catalogue": (
        "Catalogue and lineage",
        (Option("None"), _choice("Catalogue", "catalogue"), _choice("With lineage", "catalogue with lineage", True)),
    ),
    "watch_data": (
        "Watch on the data",
        (
            Option("Nobody looks"),
            _practice("Alert", "profile_alert", True),
            _practice("Nervous alert", "profile_alert", share=0.05, ratio=1.5),
        ),
    ),
    "protect": (
        "Protection of records",
        (
            Option("Raw"),
            _practice("Pseudonyms", "pseudonymise"),
            _practice("Pseudonyms and bands", "protect_records", True),
        ),
    ),
    "retain": (
        "Retention",
        (
            Option("Hot for ever"),
            _made("14 months", "retention", hot_days=180, cool_days=245),
            _made("Tiered", "retention", hot_days=90, cool_days=150, archive_days=180, accounts=12, reference=True),
            _made("Short", "retention", hot_days=60, cool_days=60, archive_days=60, accounts=6),
        ),
    ),
    "watch_model": (
        "Watch on the model",
        (
            Option("Nobody looks"),
            _practice("Calm monitor", "drift_monitor", threshold=1.5, every_days=28),
            _practice("Drift monitor", "drift_monitor", True),
            _practice("Nervous monitor", "drift_monitor", threshold=0.7, every_days=7),
        ),
    ),
    "retrain": (
        "Retraining",
        (
            Option("Never"),
            _practice("Each half-year", "retrain_on_schedule", days=182.0),
            _practice("Each quarter", "retrain_on_schedule", days=91.0),
            _practice("On drift", "retrain_on_drift", True, NO_ALARMS),
        ),
    ),
    "decide": (
        "Doubtful cases",
        (
            Option("Model decides all"),
            _practice("Few to people", "refer_uncertain", low=0.45, high=0.55),
            _practice("Some to people", "refer_uncertain", True),
            _practice("Many to people", "refer_uncertain", low=0.2, high=0.8),
        ),
    ),
    "train": (
        "Training",
        (Option("Plain regression"), _practice("On logarithms", "train_on_logarithms", True)),
    ),
    "promote": (
        "Promotion of candidates",
        (
            Option("Always"),
            _practice("If no worse", "promote_if_better", True),
            _practice("Only if better", "promote_if_better", margin=-0.005, wider=0.02),
        ),
    ),
    "tests": (
        "Tests before release",
        (
            Option("None"),
            _choice("Data", ("data",)),
            _choice("Data and model", ("data", "model")),
            _choice("All four suites", "all", True),
        ),
    ),
    "versioning": (
        "Versions kept",
        (Option("None"), _choice("Models", "models"), _choice("Models and data", "models and data", True)),
    ),
    "release": (
        "Release",
        (
            Option("Big bang"),
            _made("Canary", "canary", reference=True),
            _made("Shadow", "shadow"),
            _made("Blue-green", "blue_green"),
        ),
    ),
    "roll_back": (
        "Rolling back",
        (
            Option("Never"),
            _practice("On a shift", "roll_back_on_shift", True, NO_VERSIONS),
            _practice("On a small shift", "roll_back_on_shift", needs=NO_VERSIONS, tolerance=0.15),
        ),
    ),
    "scale": (
        "Replicas",
        (
            Option("Peak, always on"),
            _practice("To the load", "scale_to_load", True),
            _practice("Tight to the load", "scale_to_load", margin=0.1),
        ),
    ),
    "size": (
        "Machine sizes",
        (
            Option("As bought"),
            _practice("Roomy", "right_size", ceiling=0.4),
            _practice("Right-sized", "right_size", True),
            _practice("Tight", "right_size", ceiling=0.85),
        ),
    ),
    "watch_spend": (
        "Watch on spend",
        (
            Option("At year end"),
            _practice("Big bills only", "spend_alert", ratio=2.0, days=28),
            _practice("Alert", "spend_alert", True),
        ),
    ),
    "commit": (
        "Commitments",
        (
            Option("None"),
            _practice("Half the floor", "commit_to_floor", share=0.5),
            _practice("Most of the floor", "commit_to_floor", True),
            _practice("For three years", "commit_to_floor", years=3),
        ),
    ),
    "place": (
        "Where training runs",
        (Option("On demand, now"), _practice("Spot, cleanest hour", "place_on_spot_at_night", True)),
    ),
    "tag": (
        "Tags on resources",
        (
            Option("None"),
            _practice("Production only", "tag_by_owner", environments=("production",)),
            _practice("Everything", "tag_by_owner", True),
        ),
    ),
    "allocate": (
        "Showback",
        (Option("Even split"), _practice("By tags", "allocate_by_tags", True, NO_TAGS)),
    ),
    "forecast": (
        "Forecast and bid",
        (
            Option("Last year and a tenth"),
            _practice("Rolling", "rolling_forecast", True),
            _practice("Rolling, cautious", "rolling_forecast", margin=0.25),
        ),
    ),
    "fund": (
        "Split of the money",
        (Option("As before"), _practice("Where worth most", "fund_by_marginal_value", True)),
    ),
    "organise": (
        "How people work together",
        (
            Option("Silos"),
            _choice("Centre of excellence", "centre of excellence"),
            _choice("Cross-functional teams", "cross-functional", True),
        ),
    ),
    "adopt": (
        "Order of the changes",
        (
            Option("All at once"),
            _practice("Two at a time", "most_needed_first", True),
            _made("One at a time", "sequence", *FIRST, at_once=1),
        ),
    ),
    "govern": (
        "Governance",
        (
            Option("Board each quarter"),
            _made("Board each month", "governance", board_days=28, approve_releases=True),
            _practice("Automated controls", "govern_by_controls", True),
        ),
    ),
}
"""By decision point: what the lever is called, and its positions, the naive one first."""
