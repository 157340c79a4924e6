"""Reference practices of privacy, on batches written by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import laplace

from sim.data.privacy import reidentified
from sim.errors import DecisionError
from sim.practices import add_noise, generalise, profile_alert, protect_records, pseudonymise
from sim.practices.protection import WIDTHS

QUASI = list(WIDTHS)


def batch(n: int = 400, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "case_id": np.arange(n) + 3e6,
            "arrived_day": 3 + rng.random(n),
            "age_years": np.clip(np.rint(rng.normal(44, 14, n)), 16, 100),
            "household_size": np.clip(np.rint(rng.normal(2.9, 1.4, n)), 1, 12),
            "rent_gbp": np.rint(720 * np.exp(0.35 * rng.normal(size=n))),
            "savings_gbp": np.where(rng.random(n) < 0.1, np.nan, 900.0),
            "months_at_address": np.clip(np.rint(rng.normal(40, 20, n)), 0, 300),
        }
    )


def test_a_pseudonym_is_a_name_of_its_own_and_always_the_same():
    given = batch()
    before, made = given.copy(), pseudonymise()(given)
    assert given.equals(before)
    assert made["case_id"].is_unique and not made["case_id"].isin(given["case_id"]).any()
    assert (made["case_id"] == made["case_id"].round()).all() and made["case_id"].max() < 2**53
    assert made.drop(columns="case_id").equals(given.drop(columns="case_id"))
    assert pseudonymise()(given.iloc[::-1])["case_id"].iloc[::-1].equals(made["case_id"])
    assert (pseudonymise("another")(given)["case_id"] != made["case_id"]).all()


def test_a_band_is_kept_by_its_middle():
    made = generalise({"age_years": 20, "rent_gbp": 0, "not_there": 5})(batch())
    assert set(made["age_years"]) <= {10.0, 30.0, 50.0, 70.0, 90.0, 110.0}
    assert (abs(made["age_years"] - batch()["age_years"]) <= 10).all()
    assert made.drop(columns="age_years").equals(batch().drop(columns="age_years"))


def test_all_together_is_each_in_turn():
    both = generalise()(pseudonymise()(batch()))
    assert protect_records()(batch()).equals(both)
    assert protect_records() == protect_records() != protect_records(key="another")


class TestNoise:
    def test_it_is_laplace_of_the_scale_that_the_budget_buys(self):
        many, bounds = batch(20_000), {"age_years": (16.0, 100.0), "rent_gbp": (0.0, 3000.0)}
        made = add_noise(epsilon=4.0, bounds=bounds)(many)
        for name, (low, high) in bounds.items():
            noise = (made[name] - many[name].clip(low, high)) / ((high - low) / 2.0)
            n = len(noise)
            assert abs(noise.mean()) < 4.5 * np.sqrt(2 / n)
            assert abs((noise.abs() > 1).mean() - 2 * laplace.sf(1)) < 4.5 * np.sqrt(0.37 * 0.63 / n)
        left = ["case_id", "arrived_day", "household_size", "savings_gbp", "months_at_address"]
        assert made[left].equals(many[left])

    def test_a_record_that_comes_twice_gets_the_same_noise_and_another_record_another(self):
        twice = pd.concat([batch(), batch()], ignore_index=True)
        made = add_noise()(twice)
        assert made.iloc[:400].equals(made.iloc[400:].reset_index(drop=True))
        noise = made["household_size"] - twice["household_size"]
        assert noise[:400].is_unique
        assert add_noise()(twice).equals(made) and not add_noise(key="another")(twice).equals(made)

    def test_its_budget_is_spent_and_no_more(self):
        budget = add_noise(epsilon=2.0).budget
        assert budget.spent == pytest.approx(2.0) and len(budget.ledger) == len(QUASI)
        with pytest.raises(DecisionError):
            budget.spend("one more", epsilon=0.1)

    def test_less_budget_identifies_fewer(self):
        true = batch()[QUASI]
        found = [reidentified(add_noise(epsilon=e)(batch())[QUASI], true) for e in (1e6, 300.0, 30.0, 3.0)]
        assert found[0] > 0.95 and found == sorted(found, reverse=True) and found[-1] < 0.05


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 1000),
    fine=st.fixed_dictionaries({n: st.integers(1, 40) for n in QUASI}),
    times=st.fixed_dictionaries({n: st.integers(1, 6) for n in QUASI}),
)
def test_coarser_bands_never_identify_more(seed, fine, times):
    sample = batch(150, seed)
    coarse = {name: fine[name] * times[name] for name in QUASI}
    shares = [reidentified(generalise(widths)(sample)[QUASI], sample[QUASI]) for widths in (fine, coarse)]
    assert shares[1] <= shares[0]


class TestProfileAlert:
    def profile(self, **now) -> pd.DataFrame:
        usual = {"missing": 0.02, "invalid": 0.01, "duplicates": 0.02, "median": 700.0}
        given = pd.DataFrame({f"usual_{k}": [v, v] for k, v in usual.items()})
        return given.assign(**{k: [v, now.get(k, v)] for k, v in usual.items()})

    def test_the_usual_is_no_reason_to_look(self):
        assert not profile_alert()(self.profile())
        assert not profile_alert()(self.profile(missing=0.1, median=1200.0, invalid=0.1))
        assert not profile_alert()(self.profile().assign(usual_missing=np.nan, usual_median=np.nan))

    @pytest.mark.parametrize(
        "now", [{"missing": 0.6}, {"invalid": 0.6}, {"duplicates": 0.5}, {"median": 70_000.0}, {"median": 7.0}]
    )
    def test_what_is_far_from_the_usual_is(self, now):
        assert profile_alert()(self.profile(**now)) is True
        assert not profile_alert(share=0.9, ratio=1000.0)(self.profile(**now))
