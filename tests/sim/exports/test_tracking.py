"""MLflow: read back by its own client where it is installed, and a plain word where it is not."""

from __future__ import annotations

import dataclasses
import sys
from datetime import datetime

import pytest

import sim
from sim.errors import ExportError


@pytest.fixture(scope="module")
def uri(careful, tmp_path_factory) -> str:
    pytest.importorskip("mlflow")
    uri = f"sqlite:///{tmp_path_factory.mktemp('tracking')}/mlflow.db"
    sim.exports.mlflow(careful, uri)
    return uri


@pytest.fixture(scope="module")
def client(uri):
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=uri, registry_uri=uri)


@pytest.fixture(scope="module")
def tracked(client) -> dict:
    experiment = client.get_experiment_by_name("household-support/claims-triage")
    return {run.data.tags["version"]: run for run in client.search_runs([experiment.experiment_id])}


def test_without_mlflow_the_extra_is_named(careful, tmp_path, monkeypatch, refused):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    said = refused(ExportError, lambda: sim.exports.mlflow(careful, f"sqlite:///{tmp_path}/a/mlflow.db"))
    assert "extra 'mlflow'" in said and ".[mlflow]" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("uri", ["mlruns", "http://example.org", "sqlite:///", "sqlite://x.db"])
def test_other_addresses_are_refused(careful, uri, refused):
    assert "sqlite:///mlflow.db" in refused(ExportError, lambda: sim.exports.mlflow(careful, uri))


def test_a_run_of_no_day_is_refused(world, tmp_path, refused):
    run = sim.Programme(world).run()
    assert "no bill" in refused(ExportError, lambda: sim.exports.mlflow(run, f"sqlite:///{tmp_path}/mlflow.db"))


class TestReadBack:
    def test_one_run_for_each_version(self, tracked, careful, world):
        assert sorted(tracked) == sorted(careful.models["version"])
        for row in careful.models.itertuples():
            run = tracked[row.version]
            assert run.data.metrics == pytest.approx({"accuracy": row.accuracy, "auc": row.auc, "brier": row.brier})
            assert run.data.params == {"rows": str(row.rows), "seed": "3"}
            assert (run.data.tags["snapshot"], run.data.tags["reason"]) == (row.snapshot, row.reason)
            assert run.data.tags["service"] == "claims-triage"
            assert run.info.status == "FINISHED"
            midnight = datetime.fromisoformat(f"{world.start}T00:00:00+00:00").timestamp() * 1000
            times = (run.info.start_time - midnight) / 86_400_000, (run.info.end_time - midnight) / 86_400_000
            assert times == pytest.approx((row.started_day, row.trained_day), abs=1e-6)

    def test_versions_of_one_registered_model(self, client, tracked, careful):
        held = client.search_model_versions("name='claims-triage'")
        assert {int(v.version): v.tags["version"] for v in held} == dict(enumerate(careful.models["version"], start=1))
        for version in held:
            assert version.run_id == tracked[version.tags["version"]].info.run_id

    def test_the_champion_is_the_version_in_use(self, client, careful):
        champion = client.get_model_version_by_alias("claims-triage", "champion")
        in_use = careful.models[careful.models["released_day"].notna() & careful.models["retired_day"].isna()]
        assert champion.tags["version"] == in_use["version"].item() != "v0"

    def test_after_a_return_to_an_older_version_that_one_is_champion(self, careful, tmp_path):
        pytest.importorskip("mlflow")
        from mlflow import MlflowClient

        back = careful.models.copy()
        back.loc[0, "retired_day"], back.loc[back.index[-1], "retired_day"] = float("nan"), careful.days - 1.0
        uri = f"sqlite:///{tmp_path}/mlflow.db"
        sim.exports.mlflow(dataclasses.replace(careful, models=back), uri)
        client = MlflowClient(tracking_uri=uri, registry_uri=uri)
        assert client.get_model_version_by_alias("claims-triage", "champion").tags["version"] == "v0"

    def test_a_second_time_is_refused(self, uri, careful, refused):
        assert "already holds" in refused(ExportError, lambda: sim.exports.mlflow(careful, uri))
