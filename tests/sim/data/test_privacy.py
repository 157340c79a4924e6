"""Pseudonyms, bands, noise and attacks, on examples whose answers are known."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.data.privacy import gaussian_noise, generalise, k_anonymity, laplace_noise, pseudonym, reidentified
from sim.data.privacy_budget import PrivacyBudget
from sim.errors import DecisionError


def people(n: int = 400, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    ages, rents = rng.integers(16, 96, n).astype(float), np.rint(720 * np.exp(0.35 * rng.normal(size=n)))
    return pd.DataFrame({"age_years": ages, "rent_gbp": rents})


class TestPseudonym:
    def test_is_the_same_under_the_same_key_only(self):
        ids = np.arange(5000)
        names = pseudonym(ids, "salt")
        assert (names == pseudonym(ids.astype(float), b"salt")).all()
        assert len(np.unique(names)) == 5000
        assert not np.isin(names, pseudonym(ids, "pepper")).any()
        assert (pseudonym(ids[::-1], "salt") == names[::-1]).all()

    def test_says_nothing_of_the_order_and_fits_a_float(self):
        names = pseudonym(np.arange(20_000), "salt")
        assert names.dtype == np.int64 and (names.astype(float).astype("int64") == names).all()
        assert abs(stats.spearmanr(np.arange(20_000), names).statistic) < 3 / math.sqrt(20_000)
        assert stats.kstest(names / 2**53, "uniform").pvalue > 0.001

    def test_refuses_no_key_and_no_number(self, refused):
        assert "key has 0 bytes" in refused(DecisionError, lambda: pseudonym(np.arange(3), ""))
        assert "whole number" in refused(DecisionError, lambda: pseudonym(np.array([1.5]), "salt"))
        assert "whole number" in refused(DecisionError, lambda: pseudonym(np.array([np.nan]), "salt"))


class TestGeneralise:
    def test_gives_the_middle_of_the_band(self):
        given = np.array([0.0, 9.9, 10.0, -0.1, np.nan])
        assert np.array_equal(generalise(given, 10), [5, 5, 15, -5, np.nan], equal_nan=True)
        assert np.array_equal(generalise(given, 0), given, equal_nan=True)

    def test_refuses_a_negative_width(self, refused):
        assert "width is -1" in refused(DecisionError, lambda: generalise(np.ones(2), -1))


class TestNoise:
    def test_laplace_has_its_scale_and_its_bounds(self):
        values = np.array([-5.0, 50.0, 500.0]).repeat(20_000)
        noisy, spent = laplace_noise(values, 0, 100, 2.0, np.random.default_rng(1))
        assert spent is None
        away = noisy - np.clip(values, 0, 100)
        assert stats.kstest(away, "laplace", args=(0, 50)).pvalue > 0.001

    def test_gaussian_has_its_scale(self):
        budget = PrivacyBudget(1.0)
        noisy, after = gaussian_noise(np.zeros(60_000), -1, 1, budget.rho, np.random.default_rng(1), budget)
        assert stats.kstest(noisy, "norm", args=(0, 2 / math.sqrt(2 * budget.rho))).pvalue > 0.001
        assert after.spent == pytest.approx(1.0) and budget.spent == 0

    def test_missing_stays_missing_and_the_generator_alone_decides(self):
        values = np.array([1.0, np.nan, 3.0])
        one, two = (laplace_noise(values, 0, 5, 1.0, np.random.default_rng(3))[0] for _ in range(2))
        assert np.isnan(one).tolist() == [False, True, False] and np.array_equal(one, two, equal_nan=True)

    def test_a_smaller_epsilon_is_noisier(self):
        draws = [laplace_noise(np.zeros(100), 0, 1, e, np.random.default_rng(3))[0].std() for e in (4, 2, 1, 0.5)]
        assert draws == sorted(draws)

    def test_refuses_bounds_upside_down(self, refused):
        call = refused(DecisionError, lambda: laplace_noise(np.ones(2), 3, 1, 1.0, np.random.default_rng(0)))
        assert "low below high" in call


class TestBudget:
    def test_turns_rho_into_epsilon_and_back(self):
        for epsilon in (0.01, 0.5, 3.0, 40.0):
            budget = PrivacyBudget(epsilon, 1e-6)
            assert budget.spend("all", rho=budget.rho).spent == pytest.approx(epsilon)

    def test_adds_up(self):
        budget = PrivacyBudget(2.0, 1e-5).spend("a", rho=0.01).spend("b", rho=0.02)
        assert budget.spent == pytest.approx(0.03 + 2 * math.sqrt(0.03 * math.log(1e5)))
        assert [entry.what for entry in budget.ledger] == ["a", "b"]

    def test_pure_noise_is_charged_the_smaller_of_two_sums(self):
        few = PrivacyBudget(9.0).spend("a", epsilon=0.5).spend("b", epsilon=0.25)
        assert few.spent == pytest.approx(0.75)
        many = PrivacyBudget(9.0)
        for day in range(400):
            many = many.spend(str(day), epsilon=0.02)
        assert many.spent == pytest.approx(400 * 2e-4 + 2 * math.sqrt(400 * 2e-4 * math.log(1e5))) and many.spent < 8

    def test_is_true_of_one_gaussian_answer(self):
        """The exact delta of the Gaussian mechanism (Balle and Wang 2018) is below the delta that is promised."""
        for epsilon in (0.1, 1.0, 5.0):
            budget = PrivacyBudget(epsilon, 1e-5)
            a = 1 / budget.gaussian_sd(1.0, budget.rho)
            delta = stats.norm.cdf(a / 2 - epsilon / a) - math.exp(epsilon) * stats.norm.cdf(-a / 2 - epsilon / a)
            assert 1e-9 < delta < 1e-5

    def test_is_never_overspent(self, refused):
        budget = PrivacyBudget(1.0, 0.0).spend("a", epsilon=0.75)
        assert "Add more noise" in refused(DecisionError, lambda: budget.spend("b", epsilon=0.5))
        assert "budget is epsilon 1" in refused(DecisionError, lambda: budget.spend("b", rho=1e-6))
        assert "one of them" in refused(DecisionError, lambda: budget.spend("b", rho=0.1, epsilon=0.1))
        assert "epsilon is 0" in refused(DecisionError, lambda: PrivacyBudget(0))
        assert "delta is 1" in refused(DecisionError, lambda: PrivacyBudget(1, 1))


class TestAttack:
    def test_k_is_the_smallest_class(self):
        frame = pd.DataFrame({"age": [1, 1, 1, 2, 2], "town": ["a", "a", "b", "b", "b"], "x": range(5)})
        assert k_anonymity(frame, ["age"]) == 2
        assert k_anonymity(frame, ["age", "town"]) == 1
        assert k_anonymity(frame.drop(2), ["age", "town"]) == 2
        assert k_anonymity(pd.DataFrame({"age": [1.0, np.nan, np.nan]}), ["age"]) == 1
        assert k_anonymity(frame[:0], ["age"]) == 0

    def test_k_grows_with_the_width(self):
        frame = people()
        ks = [k_anonymity(frame.apply(generalise, width=w), ["age_years"]) for w in (1, 4, 16, 64)]
        assert ks == sorted(ks) and ks[0] < ks[-1]

    def test_raw_records_give_away_whoever_is_unique(self):
        truth = people()
        alone = truth.value_counts().eq(1).sum()
        assert reidentified(truth, truth) == pytest.approx(alone / len(truth))

    @pytest.mark.parametrize("width", [5, 20, 80])
    def test_bands_give_away_whoever_is_alone_in_theirs(self, width):
        truth = people() + 0.3  # nobody stands on the edge of a band, between two neighbours
        stored = truth.apply(generalise, width=width)
        assert reidentified(stored, truth) == pytest.approx(stored.value_counts().eq(1).sum() / len(truth))

    def test_falls_with_the_width(self):
        truth = people()
        shares = [reidentified(truth.apply(generalise, width=w), truth) for w in (0, 10, 40, 160, 10_000)]
        assert shares == sorted(shares, reverse=True)
        assert shares[0] > 0.9 and shares[-1] == 0

    def test_falls_with_epsilon_to_a_guess(self):
        truth = people(1000)
        shares = []
        for epsilon in (10_000, 300, 100, 30, 0.1):
            noisy = {
                c: laplace_noise(truth[c].to_numpy(), 0, 3000, epsilon, np.random.default_rng(i))[0]
                for i, c in enumerate(truth)
            }
            shares.append(reidentified(pd.DataFrame(noisy), truth))
        assert shares == sorted(shares, reverse=True)
        assert shares[-1] < 0.005 < 0.5 < shares[0]

    def test_a_lost_value_does_not_draw_the_attacker(self):
        truth = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0]})
        assert reidentified(truth.replace({"a": {1.0: np.nan}}), truth) == 0.75
        assert reidentified(truth * np.nan, truth) == 0

    def test_refuses_frames_that_do_not_match(self, refused):
        truth = people(10)
        assert "9 rows" in refused(DecisionError, lambda: reidentified(truth[1:], truth))
        assert "up to 1000" in refused(DecisionError, lambda: reidentified(people(1001), people(1001)))
        assert "Did you mean 'rent_gbp'" in refused(DecisionError, lambda: reidentified(truth, truth, ["rent_gpb"]))
        assert "is empty" in refused(DecisionError, lambda: k_anonymity(truth, []))
