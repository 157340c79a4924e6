"""What a department aims at by default, measure by measure; a scenario may aim elsewhere."""

TARGETS: dict[str, float] = {
    "data_quality": 0.975,
    "feature_age_hours": 24.0,
    "accuracy": 0.85,
    "accuracy_last_quarter": 0.85,
    "mape": 0.15,
    "equity_gap": 0.05,
    "availability": 0.95,
    "deployment_frequency": 1.0,
    "lead_time_days": 31.0,
    "time_to_detect_days": 7.0,
    "false_alerts": 8.0,
    "change_failure_rate": 0.2,
    "time_to_restore_days": 7.0,
    "time_to_mend_days": 31.0,
    "spend_gbp": 2_000_000.0,
    "cost_per_decision_gbp": 8.0,
    "cost_per_accurate_decision_gbp": 9.0,
    "utilisation": 0.2,
    "tag_coverage": 0.8,
    "allocation_error": 0.1,
    "idle_share": 0.5,
    "time_to_value_days": 365.0,
    "refusals_seen_by_person": 0.2,
    "people_identified": 0.0,
    "kept_too_long": 0.0,
    "satisfaction": 0.75,
    "benefit_gbp": 0.0,
    "harm_gbp": 4_000_000.0,
    "net_public_value": 0.0,
    "forecast_error": 0.15,
    "forecast_coverage": 0.7,
    "budget_overrun": 0.0,
    "delivered_share": 0.98,
    "time_to_adopt_days": 60.0,
    "people_served": 0.85,
    "carbon_kg": 1_500.0,
    "carbon_gbp": 400.0,
    "commitment_coverage": 0.7,
    "commitment_utilisation": 0.9,
    "cost_per_training_run_gbp": 500.0,
}
"""Target of each measure of the scorecard, in the measure's unit. Chosen for the course; lead time is a month, the
slower end of DORA's medium cluster; a change fails as often as in its high cluster, and is restored within a week, the
quicker end of its low one. A forecast of spend is out by no more than that of a FinOps team that walks (15 %), and
commitments cover as much as its do (70 %); four fifths of its cloud cost have an owner (second-hand)."""

FLOORS: dict[str, float] = {
    "equity_gap": 0.15,
    "people_served": 0.6,
    "availability": 0.75,
    "kept_too_long": 0.1,
    "budget_overrun": 0.05,
}
"""The line that each service must keep to, measure by measure, for its department's net public value to count: equity,
service of those entitled, availability, compliance and budget. Chosen for the course."""
