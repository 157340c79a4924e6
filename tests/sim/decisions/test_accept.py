"""What each decision point takes for an answer, and what it says of any other."""

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.naive_bayes import GaussianNB

import sim
from sim.decisions import POINTS, Aftermath, Asset, Evidence, Job, Load, Purses, Signals, commitment, monitor, retention
from sim.decisions.allocate import Portion
from sim.errors import DecisionError, PlaybookError
from sim.playbook import Playbook

BATCH = pd.DataFrame(
    {"case_id": [1.0, 2.0, 3.0], "arrived_day": [0.1, 0.2, 0.3], "rent_gbp": [700.0, np.nan, 5.0], "age": 40.0},
    index=[5, 6, 7],
)
SCORES = pd.Series([0.2, 0.5, 0.9], index=BATCH.index)
USAGE = pd.DataFrame({"size": "m5.large", "sizes": [("m5.large", "m5.xlarge"), ("m5.large",)]}, index=["web", "jobs"])
LOAD = Load(3, pd.Series([400]), 0, 128.0, 4, 4)
EXAMPLES = pd.DataFrame({"rent_gbp": [700.0, 5.0, 90.0], "age": [40.0, 30.0, 20.0]})
OUTCOME, AMOUNT = pd.Series([1, 0, 1], name="outcome"), pd.Series([1.5, 0.5, 7.0], name="outcome")
EVIDENCE = Evidence(3, 3.0, 100, 100, 100, *[0.9] * 8, 0.1, 0.1, 5.0)
AFTERMATH = Aftermath(3, 3.0, 100, 100, *[0.5] * 9, 0, 1.0, 1.0, 5.0)
FITTED = GaussianNB().fit(EXAMPLES, OUTCOME)
SIGNALS = Signals(3, 3.0, 0, float("nan"), 0.9, 0.9, 10, 5.0)
HOURS = pd.Series([150.0, 120.0, 90.0], index=pd.Index([23, 0, 1], name="hour"))
JOB = Job(3, 23, "claims-triage", "jobs", "m5.large", 6.0, False, 0.08, 0.03, 0.1, HOURS)
HOURLY = pd.DataFrame({"lowest_gbp": [2.0, 2.0], "days": 90}, index=["all", "m5"])
ASSET = Asset("web", "serving", "production", "m5.large", "claims", 3)
BILL = pd.DataFrame({"ResourceId": ["web", "jobs"], "EffectiveCost": [1.0, 2.0], "Tags": "{}"})
ALL = pd.DataFrame({"service": ["shared"], "cost_gbp": [3.0]})
SPEND = pd.DataFrame({"appeals": 10.0}, index=pd.RangeIndex(-12, 3, name="month"))
PURSES = Purses(2, 100.0, 0.0, pd.DataFrame({"drawn_gbp": 0.0}, index=["appeals", "claims"]))
GIVEN = {
    "validate": (BATCH,),
    "repair": (BATCH,),
    "watch_data": (BATCH,),
    "protect": (BATCH,),
    "watch_model": (BATCH, BATCH),
    "retrain": (SIGNALS,),
    "decide": (SCORES, BATCH),
    "train": (EXAMPLES, OUTCOME),
    "promote": (EVIDENCE,),
    "roll_back": (AFTERMATH,),
    "scale": (LOAD,),
    "size": (USAGE,),
    "watch_spend": (pd.Series([10.0, 20.0]),),
    "commit": (HOURLY,),
    "place": (JOB,),
    "tag": (ASSET,),
    "allocate": (BILL,),
    "forecast": (SPEND,),
    "fund": (PURSES,),
}


def on(values, **options) -> pd.Series:
    return pd.Series(values, index=BATCH.index, **options)


RIGHT = [
    ("validate", on([True, False, True]), [True, False, True]),
    ("validate", np.array([True, False, True]), [True, False, True]),
    ("validate", on([True, False, True], dtype="boolean"), [True, False, True]),
    ("repair", BATCH, BATCH.iloc[:, 2:].to_numpy().tolist()),
    ("repair", BATCH.fillna(0.0), [[700, 40], [0, 40], [5, 40]]),
    ("repair", BATCH[["age", "rent_gbp"]].fillna(0).astype(int), [[700, 40], [0, 40], [5, 40]]),
    ("repair", BATCH.assign(note="x", rent_gbp=[True, False, True]), [[1, 40], [0, 40], [1, 40]]),
    ("watch_data", np.bool_(True), True),
    ("protect", BATCH, BATCH.drop(columns="arrived_day").to_numpy().tolist()),
    ("protect", BATCH.assign(case_id=[9, 8, 7]).iloc[:, ::-1], [[9, 700, 40], [8, np.nan, 40], [7, 5, 40]]),
    ("watch_model", 1, 1.0),
    ("watch_model", np.float32(0.5), 0.5),
    ("retrain", True, True),
    ("retrain", np.bool_(False), False),
    ("decide", on(["refuse", "refer", "approve"]), [3, 2, 1]),
    ("decide", np.array(["refuse", "refer", "approve"]), [3, 2, 1]),
    ("decide", on(["refuse", "refer", "approve"], dtype="category"), [3, 2, 1]),
    ("decide", on(["refuse", "refer", "approve"], dtype=object), [3, 2, 1]),
    ("train", FITTED, FITTED),
    ("promote", True, True),
    ("roll_back", np.bool_(False), False),
    ("tests", (), ()),
    ("tests", "all", ("data", "model", "code", "fairness")),
    ("tests", ("code", "data"), ("data", "code")),
    ("versioning", "models and data", "models and data"),
    ("release", "big bang", "big bang"),
    ("release", sim.canary(0.1, 7), sim.canary(0.1, 7)),
    ("release", sim.shadow(7), sim.shadow(7)),
    ("release", sim.blue_green(7), sim.blue_green(7)),
    ("scale", 0, 0),
    ("scale", np.int32(40), 40),
    ("size", {}, {}),
    ("size", {"web": "m5.xlarge"}, {"web": "m5.xlarge"}),
    ("watch_spend", False, False),
    ("commit", [], ()),
    ("commit", [sim.commitment(0.5)], (commitment(0.5, 1),)),
    ("commit", (sim.commitment(np.float64(2), 3), sim.commitment(1)), (commitment(2.0, 3), commitment(1.0, 1))),
    ("place", ("spot", 1), ("spot", 1)),
    ("place", ["on demand", "now"], ("on demand", "now")),
    ("place", ("spot", np.int64(23)), ("spot", 23)),
    ("place", ("spot", 0.0), ("spot", 0)),
    ("tag", {}, {}),
    ("tag", {"owner": "claims"}, {"owner": "claims"}),
    ("allocate", ALL, (Portion("shared", "", 3.0),)),
    ("allocate", ALL.set_index("service"), (Portion("shared", "", 3.0),)),
    ("allocate", ALL.assign(ResourceId="web"), (Portion("shared", "web", 3.0),)),
    ("allocate", ALL.assign(ResourceId=None, cost_gbp=[3]), (Portion("shared", "", 3.0),)),
    ("forecast", {0.1: 1, 0.5: 2, 0.9: 3.5}, {0.1: 1.0, 0.5: 2.0, 0.9: 3.5}),
    ("forecast", pd.Series([3.0, 2.0, 2.0], index=[0.9, 0.5, 0.1]), {0.1: 2.0, 0.5: 2.0, 0.9: 3.0}),
    ("fund", {}, {}),
    ("fund", pd.Series({"appeals": 40, "claims": 60.0}), {"appeals": 40.0, "claims": 60.0}),
    ("ingest", "streaming", "streaming"),
    ("contracts", "all", "all"),
    ("contracts", ("claim-form", "earnings-feed"), ("claim-form", "earnings-feed")),
    ("catalogue", "catalogue with lineage", "catalogue with lineage"),
]

WRONG = [
    ("validate", None, "None (is a return missing?)"),
    ("validate", [True, False, True], "a list"),
    ("validate", True, "bool True"),
    ("validate", on([1, 0, 1]), "a Series of 3 int64"),
    ("validate", on(["yes", "no", "yes"]), "a Series of 3 str"),
    ("validate", on([True, False, True]).reset_index(drop=True), "another index"),
    ("validate", on([True, False, True]).iloc[::-1], "another index"),
    ("validate", on([True, False, True]).iloc[:2], "2 values for 3 rows"),
    ("validate", on([True, None, True], dtype="boolean"), "1 missing values"),
    ("validate", np.ones((3, 2), dtype=bool), "an array of shape (3, 2)"),
    ("validate", BATCH, "a DataFrame of 3 rows and 4 columns"),
    ("repair", None, "None (is a return missing?)"),
    ("repair", BATCH["rent_gbp"], "a Series of 3 float64"),
    ("repair", BATCH.dropna(), "2 rows, not the batch's own 3"),
    ("repair", BATCH.reset_index(drop=True), "3 rows, not the batch's own 3"),
    ("repair", BATCH.drop(columns="age"), "without the column 'age'"),
    ("repair", BATCH.rename(columns={"rent_gbp": "rent_gpb"}), "Did you mean 'rent_gpb'?"),
    ("repair", BATCH.assign(age="forty"), "column 'age' came back as str"),
    ("watch_data", None, "None (is a return missing?)"),
    ("watch_data", on([True, True, True]), "a Series of 3 bool"),
    ("protect", None, "None (is a return missing?)"),
    ("protect", BATCH.iloc[1:], "2 rows, not the batch's own 3"),
    ("protect", BATCH.reset_index(drop=True), "3 rows, not the batch's own 3"),
    ("protect", BATCH.drop(columns="age"), "without the column 'age'"),
    ("protect", BATCH.drop(columns="case_id"), "without the column 'case_id'"),
    ("protect", BATCH.assign(case_id=[1.0, np.nan, 3.0]), "the case_id nan"),
    ("protect", BATCH.assign(case_id=[1.0, np.inf, 3.0]), "the case_id inf"),
    ("protect", BATCH.assign(case_id=["a", "b", "c"]), "column 'case_id' came back as str"),
    ("protect", BATCH.assign(case_id=5.0), "3 cases only 1 names"),
    ("watch_model", None, "None"),
    ("watch_model", True, "bool True"),
    ("watch_model", "high", "str 'high'"),
    ("watch_model", float("nan"), "finite"),
    ("watch_model", float("inf"), "finite"),
    ("watch_model", BATCH["age"], "a Series"),
    ("retrain", None, "None (is a return missing?)"),
    ("retrain", 1, "int 1"),
    ("retrain", "yes", "str 'yes'"),
    ("retrain", on([True, True, True]), "a Series of 3 bool"),
    ("decide", None, "None"),
    ("decide", on([True, False, True]), "True"),
    ("decide", on(["aprove", "refer", "refuse"]), "Did you mean 'approve'?"),
    ("decide", on(["approve", None, "refuse"]), "a Series of 3"),
    ("decide", on([1, 2, 3]), "1"),
    ("decide", on(["approve"] * 3).iloc[:1], "1 values for 3 rows"),
    ("decide", on(["approve"] * 3).reset_index(drop=True), "another index"),
    ("decide", "approve", "str 'approve'"),
    ("train", None, "None (is a return missing?)"),
    ("train", GaussianNB, "the class GaussianNB itself"),
    ("train", GaussianNB(), "not fitted"),
    ("train", LinearRegression().fit(EXAMPLES, OUTCOME), "no predict_proba"),
    ("promote", 1, "int 1"),
    ("promote", None, "None"),
    ("roll_back", "yes", "str 'yes'"),
    ("tests", ("dta",), "Did you mean 'data'?"),
    ("tests", "code", "str 'code' was given"),
    ("tests", ["code"], "a list was given"),
    ("versioning", "model", "Did you mean 'models'?"),
    ("versioning", None, "Allowed: models, models and data, none"),
    ("release", "canary", "sim.canary(share, days)"),
    ("release", 7, "int 7 is no way of releasing"),
    ("scale", None, "None"),
    ("scale", 2.0, "float 2.0"),
    ("scale", True, "bool True"),
    ("scale", -1, "-1 replicas, but 0 to 40"),
    ("scale", 41, "41 replicas, but 0 to 40"),
    ("size", None, "None"),
    ("size", ["web"], "a list"),
    ("size", {"wbe": "m5.large"}, "Did you mean 'web'?"),
    ("size", {"web": "m5.lage"}, "Did you mean 'm5.large'?"),
    ("size", {"jobs": "m5.xlarge"}, "Allowed: m5.large."),
    ("watch_spend", None, "None"),
    ("tag", None, "None (is a return missing?)"),
    ("tag", "claims", "str 'claims'"),
    ("tag", {"owner": None}, "value of a tag is None"),
    ("tag", {"": "claims"}, "name of a tag is str ''"),
    ("tag", {"owner": "x" * 257}, "257 letters long"),
    ("allocate", None, "None (is a return missing?)"),
    ("allocate", {"claims": 3.0}, "a dict"),
    ("allocate", ALL.rename(columns={"service": "services"}), "Did you mean 'services'?"),
    ("allocate", ALL.drop(columns="cost_gbp"), "without the column 'cost_gbp'"),
    ("allocate", ALL.assign(cost_gbp="3"), "cost_gbp came back as str"),
    ("allocate", ALL.assign(cost_gbp=[True]), "cost_gbp came back as bool"),
    ("allocate", ALL.assign(service=None), "1 rows name no service"),
    ("allocate", ALL.assign(cost_gbp=2.9), "adds up to 2.90, but 3.00, the EffectiveCost of the bill"),
    ("allocate", ALL.assign(cost_gbp=np.nan), "adds up to nan"),
    ("watch_spend", 0.0, "float 0.0"),
    ("commit", None, "None (is a return missing?)"),
    ("commit", sim.commitment(0.5), "put it in brackets"),
    ("commit", {"hourly_gbp": 0.5}, "a dict"),
    ("commit", [0.5], "float 0.5"),
    ("commit", HOURLY, "a DataFrame of 2 rows"),
    ("place", None, "None (is a return missing?)"),
    ("place", "spot", "str 'spot'"),
    ("place", ("spot",), "a tuple"),
    ("place", ("sport", 1), "Did you mean 'spot'?"),
    ("place", ("spot", "nwo"), "Did you mean 'now'?"),
    ("place", ("spot", 24), "the starting hour 24"),
    ("place", ("spot", 1.5), "the starting hour 1.5"),
    ("place", ("spot", True), "the starting hour True"),
    ("place", ("spot", float("nan")), "the starting hour nan"),
    ("place", ("spot", 2), "may wait for 2 hours at most; the latest hour that is allowed is 1"),
    ("forecast", None, "None (is a return missing?)"),
    ("forecast", 5e5, "float 500000.0"),
    ("forecast", {0.5: 2.0}, "the quantiles 0.5, but"),
    ("forecast", {}, "the quantiles none, but"),
    ("forecast", {0.1: 1.0, 0.5: "2", 0.9: 3.0}, "'2' at the quantile 0.5"),
    ("forecast", {0.1: 1.0, 0.5: 2.0, 0.9: float("inf")}, "inf at the quantile 0.9"),
    ("forecast", {0.1: -1.0, 0.5: 2.0, 0.9: 3.0}, "-1.0 at the quantile 0.1"),
    ("forecast", {0.1: 1.0, 0.5: 3.0, 0.9: 2.0}, "1, 3 and 2"),
    ("fund", None, "None (is a return missing?)"),
    ("fund", 50.0, "float 50.0"),
    ("fund", {"apeals": 1.0}, "Did you mean 'appeals'?"),
    ("fund", {"appeals": -1.0}, "-1.0"),
    ("fund", {"appeals": float("nan")}, "nan"),
    ("fund", {"appeals": 60.0, "claims": 41.0}, "101.00 GBP in all, but there are 100.00"),
    ("ingest", "hourley", "Did you mean 'hourly'?"),
    ("ingest", 24, "allowed are nightly, hourly, streaming"),
    ("contracts", "every", "'none', 'all' or a tuple"),
    ("contracts", (), "'none', 'all' or a tuple"),
    ("contracts", ["claim-form"], "'none', 'all' or a tuple"),
    ("contracts", ("claim-form", 3), "'none', 'all' or a tuple"),
    ("catalogue", "catalog", "Did you mean 'catalogue'?"),
    ("catalogue", True, "allowed are none, catalogue, catalogue with lineage"),
]


@pytest.mark.parametrize(("point", "answer", "wanted"), RIGHT)
def test_a_right_answer_is_taken(point, answer, wanted):
    got = POINTS[point].accept(answer, *GIVEN.get(point, ()))
    if isinstance(got, np.ndarray):
        np.testing.assert_array_equal(got, wanted)
    else:
        assert got == wanted


@pytest.mark.parametrize(("point", "answer", "hint"), WRONG)
def test_a_wrong_answer_is_named_in_a_sentence_with_what_was_expected(point, answer, hint):
    with pytest.raises(DecisionError) as caught:
        POINTS[point].accept(answer, *GIVEN.get(point, ()))
    said = str(caught.value)
    assert hint in said
    assert re.search(r"expected|allowed|Allowed|not the batch's own", said)
    assert "\n" not in said and said[-1] in ".?" and len(said) < 300


def test_a_choice_that_is_not_there_is_named():
    with pytest.raises(DecisionError):
        POINTS["decide"].accept(on(["approve", pd.NA, "refuse"], dtype=object), SCORES, BATCH)


def test_two_columns_of_one_name_are_named():
    twice = pd.concat([BATCH, BATCH[["rent_gbp"]]], axis=1)
    with pytest.raises(DecisionError, match="rent_gbp"):
        POINTS["repair"].accept(twice, BATCH)


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_an_infinite_value_is_refused(value):
    with pytest.raises(DecisionError, match="rent_gbp"):
        POINTS["repair"].accept(BATCH.assign(rent_gbp=value), BATCH)


@pytest.mark.parametrize("point", [name for name, point in POINTS.items() if point.chosen])
def test_a_naive_choice_is_taken(point):
    assert POINTS[point].accept(POINTS[point].naive) == POINTS[point].naive


@pytest.mark.parametrize("point", GIVEN)
def test_a_naive_default_answers_rightly(point):
    naive = POINTS[point].naive
    POINTS[point].accept((naive.score_fn if point == "watch_model" else naive)(*GIVEN[point]), *GIVEN[point])


def test_the_naive_way_to_train_follows_the_task():
    kinds = [type(POINTS["train"].naive(EXAMPLES, y).steps[-1][1]).__name__ for y in (OUTCOME, AMOUNT)]
    assert kinds == ["LogisticRegression", "Ridge"]
    with pytest.raises(DecisionError, match="it was given 2"):
        POINTS["train"].accept(LinearRegression().fit(EXAMPLES[["age"]], AMOUNT), EXAMPLES, AMOUNT)


@pytest.mark.parametrize(
    ("make", "hint"),
    [
        (lambda: sim.canary(0.0, 7), "share is 0.0"),
        (lambda: sim.canary(1, 7), "share is 1"),
        (lambda: sim.canary("a tenth", 7), "share is 'a tenth'"),
        (lambda: sim.canary(0.1, 0), "days is 0"),
        (lambda: sim.canary(0.1, 7, tolerance=2), "tolerance is 2"),
        (lambda: sim.shadow(7.5), "days is 7.5"),
        (lambda: sim.shadow(7, tolerance=True), "tolerance is True"),
        (lambda: sim.blue_green(91), "days is 91"),
    ],
)
def test_a_way_of_releasing_out_of_range_is_refused(make, hint, refused):
    assert hint in refused(DecisionError, make)


@pytest.mark.parametrize(
    ("make", "hint"),
    [
        (lambda: sim.commitment(0), "hourly_gbp is 0"),
        (lambda: sim.commitment(-1.0, 3), "hourly_gbp is -1.0"),
        (lambda: sim.commitment("1"), "hourly_gbp is '1'"),
        (lambda: sim.commitment(True), "hourly_gbp is True"),
        (lambda: sim.commitment(float("nan")), "hourly_gbp is nan"),
        (lambda: sim.commitment(20_000), "at most 10,000"),
        (lambda: sim.commitment(1.0, 2), "1 or 3 was expected"),
        (lambda: sim.commitment(1.0, 1.0), "years is 1.0"),
        (lambda: sim.commitment(1.0, True), "years is True"),
    ],
)
def test_a_commitment_out_of_range_is_refused(make, hint, refused):
    assert hint in refused(DecisionError, make)


def test_the_points_are_those_of_the_design_and_described():
    assert list(POINTS) == [
        "validate", "repair", "ingest", "contracts", "catalogue", "watch_data", "protect", "retain", "watch_model",
        "retrain", "decide", "train", "promote", "tests", "versioning", "release", "roll_back", "scale", "size",
        "watch_spend", "commit", "place", "tag", "allocate", "forecast", "fund", "organise", "adopt", "govern",
    ]  # fmt: skip
    for name, point in POINTS.items():
        assert point.name == name
        assert point.discipline in ("dataops", "mlops", "finops", "integration") and point.scope in (
            "service",
            "programme",
        )
        assert point.about and point.signature and (point.given or point.chosen)
        assert point.effort_days > 0 and point.effort_gbp > 0


class TestRetention:
    def test_it_holds_what_it_is_given(self):
        made = retention(90, cool_days=np.inf, accounts=3)
        assert (made.hot_days, made.cool_days, made.archive_days, made.accounts) == (90, np.inf, 0, 3)
        assert retention() == POINTS["retain"].naive != made
        assert POINTS["retain"].is_naive(retention()) and not POINTS["retain"].is_naive(retention(accounts=3))

    @pytest.mark.parametrize(
        ("wrong", "hint"),
        [
            ({"hot_days": 0}, "hot_days is int 0"),
            ({"hot_days": "90"}, "hot_days is str '90'"),
            ({"hot_days": float("nan")}, "hot_days is float nan"),
            ({"cool_days": -1}, "cool_days is int -1"),
            ({"archive_days": 1.5}, "archive_days is float 1.5"),
            ({"archive_days": True}, "archive_days is bool True"),
            ({"accounts": 0}, "accounts is int 0"),
            ({"accounts": 2.0}, "accounts is float 2.0"),
        ],
    )
    def test_it_refuses_anything_else(self, wrong, hint, refused):
        assert hint in refused(DecisionError, lambda: retention(**wrong))

    def test_a_choice_of_another_kind_is_refused(self, refused):
        assert "retain is int 90" in refused(PlaybookError, lambda: Playbook().replace(retain=90))


class TestMonitor:
    def test_it_holds_what_it_is_given(self):
        made = monitor(max, 2, every_days=3, window_days=9)
        assert (made.score_fn, made.threshold, made.every_days, made.window_days) == (max, 2.0, 3, 9)
        assert made.fresh() is made

    def test_it_empties_the_memory_of_its_score(self):
        class Score:
            def __init__(self):
                self.seen = 0

            def fresh(self):
                return Score()

            def __call__(self, reference, recent):
                self.seen += 1
                return 0.0

        made = monitor(Score(), 1.0)
        made.score_fn(BATCH, BATCH)
        assert made.score_fn.seen == 1 and made.fresh().score_fn.seen == 0

    @pytest.mark.parametrize(
        ("wrong", "hint"),
        [
            ({"score_fn": 3}, "score_fn is int 3"),
            ({"score_fn": None}, "score_fn is None"),
            ({"threshold": "1"}, "threshold is str '1'"),
            ({"threshold": True}, "threshold is bool True"),
            ({"threshold": float("nan")}, "finite"),
            ({"every_days": 0}, "every_days is 0"),
            ({"every_days": 1.0}, "every_days is 1.0"),
            ({"window_days": 366}, "1 to 365"),
            ({"window_days": True}, "window_days is True"),
        ],
    )
    def test_it_refuses_anything_else(self, wrong, hint, refused):
        assert hint in refused(DecisionError, lambda: monitor(**{"score_fn": max, "threshold": 1.0, **wrong}))


class TestIntegration:
    def test_they_hold_what_they_are_given(self):
        made = sim.sequence("validate", "retrain", at_once=1)
        assert (made.first, made.at_once) == (("validate", "retrain"), 1)
        ruled = sim.governance(board_days=28, automated_controls=True, human_oversight=0.2)
        assert (ruled.board_days, ruled.automated_controls, ruled.human_oversight) == (28, True, 0.2)
        assert sim.governance() == POINTS["govern"].naive != ruled
        assert sim.Playbook().replace(adopt=made, govern=ruled, organise="centre of excellence").adopt is made

    @pytest.mark.parametrize(
        ("make", "hint"),
        [
            (lambda: sim.sequence("validate", "validate"), "named twice"),
            (lambda: sim.sequence(3), "names of decision points"),
            (lambda: sim.sequence(at_once=0), "at_once is int 0"),
            (lambda: sim.governance(board_days=0), "board_days is int 0"),
            (lambda: sim.governance(board_days=28.5), "board_days is float 28.5"),
            (lambda: sim.governance(human_oversight=1.0), "human_oversight is float 1.0"),
            (lambda: sim.governance(automated_controls="yes"), "automated_controls is str 'yes'"),
        ],
    )
    def test_what_is_out_of_range_is_refused(self, make, hint, refused):
        assert hint in refused(DecisionError, make)

    @pytest.mark.parametrize(
        ("wrong", "hint"),
        [
            ({"organise": "silos"}, "Did you mean 'silo'?"),
            ({"adopt": "one by one"}, "sim.sequence"),
            ({"govern": "board"}, "sim.governance"),
        ],
    )
    def test_a_playbook_refuses_another_kind_of_thing(self, wrong, hint, refused):
        assert hint in refused(PlaybookError, lambda: sim.Playbook().replace(**wrong))

    def test_a_sequence_names_points_that_exist(self, scenario, refused):
        book = sim.Playbook(adopt=sim.sequence("validat"))
        assert "Did you mean 'validate'?" in refused(PlaybookError, lambda: sim.simulate(scenario, book))
