# %% [markdown] section="open"
# # Monitoring and drift
#
# A model that was right in April is not right for ever. In this lesson you follow one model for two years. It triages
# claims for household support: every night it reads some 400 claims and says of each how likely it is that the
# household is eligible. Nobody touches the model, nobody breaks it, and it goes wrong all the same.
#
# You will find out how such a thing shows, and why the usual dashboard does not show it. You will write a monitor
# that sees it, and a rule that acts upon it; then you will put a price on both, and ask a board for the money.
#
# The evening takes 60 to 90 minutes: parts 1, 2, 5 and 6 of *Apply* ask you to write a few lines each, the rest is run
# and read, and the brief at the end may be finished at home.
#
# Run the cells from top to bottom with Shift+Enter. Where you see three dots, replace them; the cell below then marks
# what you wrote and says what to try next. You may try as often as you like.

# %% [markdown] objectives="here"
# When you have finished this lesson you will be able to:

# %% [markdown] insert="map"
# ## The landscape
#
# (Part of *Predict*: three of its six minutes.) Higher up is nearer to the people served; further right is more of a
# commodity. Blue is built in house, orange is bought.

# %% [markdown]
# **A question about the map.** A supplier offers a monitoring product that will "detect all drift, out of the box".
# Which component would it have to own in order to keep that promise, and can it?
#
# <details><summary>One answer, once you have yours</summary>
#
# It would have to own <em>known outcomes</em>: what became of each claim, weeks later, and of the claims that were
# refused as well. They stand far to the left because every department must build its own way of finding them.
# Statistics, alerts and dashboards can be bought, and should be. The promise that rests on outcomes cannot be bought
# with them.
#
# </details>

# %%
import numpy as np
import pandas as pd
from IPython.display import display
from matplotlib.ticker import MultipleLocator, PercentFormatter

import sim
import sim.plots.delay
import sim.plots.drift
import sim.plots.outcome
from autograder import check
from sim.plots.style import BLUE, GREY, INK, ORANGE, axes, describe, label

# %% [markdown] section="predict" minutes=6
# ## Predict
#
# Here is what you know. In the first weeks about 85 in 100 of the model's decisions are right. Likely claims are
# paid, unlikely ones refused. What was right becomes known about five weeks later, when a payment is checked; of the
# refused, one in fifty is looked at again. In two years rents will climb, two winters will pass, and on one day,
# nobody has told the model which, the rule about savings and benefits will change.
#
# Nobody watches, and nobody retrains. Before you run anything, write down:
#
# 1. the share of right decisions in the **worst** of the eight quarters (a number such as 0.85);
# 2. who will notice first: `"the dashboard"`, `"refused households"` or `"nobody"`.
#
# This is not marked. It matters all the same: a guess that you have written down is one that you can learn from.

# %% answer="prediction"
worst_quarter = (
    ### BEGIN SOLUTION
    0.80
    ### END SOLUTION
)
first_to_notice = (
    ### BEGIN SOLUTION
    "the dashboard"
    ### END SOLUTION
)

# %% [markdown] section="run" minutes=14
# ## Run
#
# `sim.Playbook()` is a team's list of decisions, each left as it is: no gate, no monitor, no retraining. The seed
# names one of many possible worlds; the same seed is the same world every time.

# %%
SEED = 2
scenario = sim.load_scenario("household-support").only("claims-triage")  # one of its three services, alone
scenario = scenario.replace(organisation=None)  # teams and trust are for a later lesson
service = scenario.service("claims-triage")
naive = sim.Playbook()
run = sim.simulate(scenario, naive, seed=SEED)
print(run.summary())

# %% [markdown]
# The run's records are data frames. `daily` has one row for each day. It holds accuracy twice: `accuracy` is
# hindsight, which no team ever has; `accuracy_known` is the share of right decisions among outcomes that came in
# during the last 28 days. That is the number on the dashboard.

# %%
by_quarter = run.daily.groupby("quarter")[["accuracy", "accuracy_known"]].mean()
by_quarter["gap"] = by_quarter["accuracy_known"] - by_quarter["accuracy"]
by_quarter.round(3)

# %%
worst = by_quarter["accuracy"].min()
print(f"Worst quarter: Q{by_quarter['accuracy'].idxmin()}, with {worst:.1%} of decisions right.")
print(f"In that quarter the dashboard said {by_quarter.loc[by_quarter['accuracy'].idxmin(), 'accuracy_known']:.1%}.")
if worst_quarter is not ...:
    print(f"You predicted {worst_quarter:.1%}; you were {abs(worst_quarter - worst) * 100:.1f} percentage points out.")

# %%
sim.plots.drift.figure(run)

# %% [markdown]
# Look at the two lines for a minute, above all at the weeks in which the lower one falls. The dashboard is not only
# late. It is wrong, and wrong in the comfortable direction. Whose outcomes does it count?

# %%
decided = run.decisions[run.decisions["day"] < 600]
known = decided.assign(known=decided["outcome"].notna()).groupby("decision")["known"]
wait = (run.decisions["known_day"] - run.decisions["decided_day"]).median()
print(f"Where an outcome becomes known, it takes {wait:.0f} days (median).")
known.agg(cases="size", outcome_known="mean").round(3)

# %% [markdown]
# Nearly every approval is checked in the end. Hardly any refusal is: an eligible household that was refused in error
# does not come back to tell the model. This is called **selective labels**. It is the first lesson of the evening:
# *accuracy as you know it is accuracy among those you said yes to.*
#
# Then who bears the errors that nobody sees? `groups` counts, for each day and group, the eligible people who were
# decided upon and those of them who were awarded.

# %%
groups = run.groups.merge(run.daily[["day", "quarter"]], on="day").groupby(["group", "quarter"])[
    ["eligible", "granted"]
]
awarded = (groups.sum()["granted"] / groups.sum()["eligible"]).unstack("group")

figure, axis = axes(8.0, 3.6)
for name, colour, style in (("not-disabled", BLUE, "solid"), ("disabled", ORANGE, (0, (4, 1.5)))):
    axis.plot(awarded.index, awarded[name], color=colour, linestyle=style, marker="o", markersize=4)
    label(axis, awarded.index[-1], awarded[name].iloc[-1], name, colour)
axis.set_xlabel("Quarter of the programme")
axis.set_ylabel("Awarded, of those eligible")
axis.yaxis.set_major_locator(MultipleLocator(0.05))
axis.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
axis.set_title("Eligible people who were awarded, by group", loc="left", fontsize=11, fontweight="bold")
gap = awarded["not-disabled"] - awarded["disabled"]
describe(
    figure,
    f"Share of eligible people awarded, by quarter. Not disabled: from {awarded['not-disabled'].iloc[0]:.0%} to "
    f"{awarded['not-disabled'].iloc[-1]:.0%}. Disabled: from {awarded['disabled'].iloc[0]:.0%} to "
    f"{awarded['disabled'].iloc[-1]:.0%}. The gap is widest in quarter {gap.idxmax()}, at {gap.max() * 100:.0f} points.",
)

# %%
print(
    f"The gap between the groups was {gap.iloc[0] * 100:.0f} points in Q1 and {gap.max() * 100:.0f} in Q{gap.idxmax()}."
)
faults = run.incidents[run.incidents["service"] != ""]
print("\nData incidents, and who found them:")
faults[["kind", "subject", "began_day", "detected_day", "fixed_day", "found_by", "cases_harmed"]].round(0)

# %% [markdown]
# The worst quarter is not the new rule's alone: look at the dates of `silent_nulls`, faults in which fields came empty
# without a word. To keep the two apart we run the same world once more without any fault in the data.

# %%
quiet = service.model_copy(update={"incidents": ()})
moves = scenario.replace(services=(quiet,))
faultless = sim.simulate(moves, naive, seed=SEED)
quarter_of = faultless.daily[["day", "quarter"]]
eligible = faultless.groups.merge(quarter_of, on="day").groupby("quarter")["eligible"].sum()
causes = pd.DataFrame({"as it was": by_quarter["accuracy"]})
causes["without data faults"] = faultless.daily.groupby("quarter")["accuracy"].mean()
causes["lost to faults"] = causes["without data faults"] - causes["as it was"]
causes["share eligible"] = eligible / faultless.daily.groupby("quarter")["decided"].sum()
causes.round(3)

# %% [markdown]
# What is left in the second column is the world's doing. Only what stands under *lost to faults* is a matter for
# m03 and m04. Accuracy comes back in part at the end though nobody has retrained: winters and higher rents make more
# of those who apply eligible (last column), and a model that approves most people is then right more often, by luck.
#
# Two things to take from these records. The decline falls mostly on one group: disabled claimants receive more
# benefits, and the rule that changed is about savings and benefits. And `incidents` has rows for faults in the
# *data*, found by complaints or by the pipeline; it has no row at all for a change in the *world*.
# Nobody files a ticket for that.

# %% [markdown] section="explain" minutes=15
# ## Explain
#
# A model learns a relation between what it is told, *x*, and what turns out to be true, *y*. Three things can come
# between the two, and they call for different people:
#
# | what happened | in symbols | example here | what helps |
# |---|---|---|---|
# | **data fault** | *x* is recorded wrongly | pence sent for pounds | mend the data (m03, m04); never retrain on it |
# | **data drift** (covariate) | *p*(*x*) moves, *p*(*y* given *x*) stays | rents climb, more arrears in winter | often nothing; watch it |
# | **concept drift** | *p*(*y* given *x*) moves | the savings rule changes | retrain, on outcomes from after the change |
#
# With hindsight, which only a simulator grants, we may look up the day on which the rule changed in this world.

# %%
from sim.streams import Streams
from sim.world.drift import begins

rule = next(drift for drift in service.drifts if drift.name == "savings-rule")


def rule_day(seed):
    """Return the day on which the rule changes in a seed's world. Hindsight: no decision may use it."""
    return begins(rule, service, Streams(seed))


changed = rule_day(SEED)
print(f"In this world the rule changes on day {changed:.0f}.")

# %% [markdown]
# Now the table that tells the two drifts apart. Its left half looks only at features: the **population stability
# index** (PSI) of each month against the first, which is 0 when nothing has moved. Its right half looks at outcomes:
# the mean of *outcome minus score* among cases whose outcome is known, for claimants who receive the least and the
# most in other benefits. No model is so well calibrated that this is exactly zero. But while the relation holds it
# **stays where it was, whoever applies**.
#
# You will write PSI yourself in a moment; here the simulator's own does the work. Months with fewer than 30 known
# outcomes on either side are left out: their means would be chance.

# %%
cases = run.cases.drop(columns=["day", "service", "group", "weight"]).merge(run.decisions, on="case_id")
cases["month"] = (cases["day"] // 30.4375).astype(int) + 1
cases["error"] = cases["outcome"] - cases["score"]
cases = cases[cases["month"] <= 24]
low, high = cases["benefits_gbp"].quantile([0.3, 0.7])
first = cases[cases["month"] == 1]
watched = ["rent_gbp", "arrears_gbp", "age_years", "savings_gbp", "benefits_gbp"]


def month_row(month):
    """Return one month's drift of features and drift of errors."""
    row = {f"PSI {name}": sim.practices.psi(first[name].to_numpy(), month[name].to_numpy()) for name in watched}
    row["error, least benefits"] = month.loc[month["benefits_gbp"] <= low, "error"].mean()
    row["error, most benefits"] = month.loc[month["benefits_gbp"] >= high, "error"].mean()
    return pd.Series(row)


bands_known = [
    cases[part & cases["outcome"].notna()].groupby("month").size()
    for part in (cases["benefits_gbp"] <= low, cases["benefits_gbp"] >= high)
]
enough = [month for month in range(1, 25) if min(count.get(month, 0) for count in bands_known) >= 30]
monthly = pd.DataFrame({month: month_row(cases[cases["month"] == month]) for month in enough}).T.rename_axis("month")
monthly.round(2)

# %%
figure, (upper, lower) = axes(9.0, 5.6, rows=2, sharex=True)
lines = (
    (upper, "PSI rent_gbp", "rent", BLUE, "solid"),
    (upper, "PSI savings_gbp", "savings", ORANGE, (0, (4, 1.5))),
    (upper, "PSI benefits_gbp", "benefits", GREY, ":"),
    (lower, "error, least benefits", "least benefits", BLUE, "solid"),
    (lower, "error, most benefits", "most benefits", ORANGE, (0, (4, 1.5))),
)
for axis, column, name, colour, style in lines:
    axis.plot(monthly.index, monthly[column], color=colour, linestyle=style, label=name)
change_month = changed / 30.4375 + 1
for axis, title, unit in (
    (upper, "What the features say", "PSI (no unit)"),
    (lower, "What the known outcomes say", "Outcome minus score"),
):
    axis.set_title(title, loc="left", fontsize=11, fontweight="bold")
    axis.set_ylabel(unit)
    axis.legend(loc="upper left", ncols=3, frameon=False)
    axis.axvline(change_month, color=INK, linestyle=":", linewidth=1.2)
    axis.margins(y=0.22)
lower.axhline(0, color=GREY, linewidth=1)
lower.set_xlabel("Month of the programme")
where = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
lower.annotate("the rule changes", (change_month, 0.04), (5, 0), **where)
before, after = monthly[monthly.index < change_month - 1], monthly[monthly.index > change_month]
describe(
    figure,
    f"Above, PSI by month: rent climbs to {monthly['PSI rent_gbp'].max():.2f}, savings stay near "
    f"{monthly['PSI savings_gbp'].median():.2f} and benefits near {monthly['PSI benefits_gbp'].median():.2f}. Below, outcome "
    f"minus score for claimants with the most benefits: on average {before['error, most benefits'].mean():+.3f} before the "
    f"rule changes and {after['error, most benefits'].mean():+.3f} after.",
)

# %% [markdown]
# Read it slowly.
#
# - **Rent climbs** month by month, and its PSI with it, far past any rule of thumb. Yet before the rule changes the
#   errors show no such climb: they go up and down about where they were, as means of some hundred outcomes do. Data
#   drift, little harm. (Age leaps in a month or two and comes back: a campaign brings another sort of applicant.)
# - **Savings and benefits move no more than before** when the rule about savings and benefits changes. The same people
#   apply; what is true of them is different. Only the errors move. *Concept drift shows in no feature.*
# - The third kind, a fault in the **data**, makes several PSI values leap together and come back. Faults of a few
#   days are lost in a month's sample, and fields silently left empty do not show at all, since PSI leaves missing
#   values out: count those as well.
#
# Here is the same seen from nearer by: what the model says and what turns out, for five bands of benefits.

# %%
bands = pd.qcut(cases["benefits_gbp"], 5, labels=["least", "less", "middle", "more", "most"])
figure, panels = axes(9.0, 3.6, columns=2, sharey=True)
windows = {"before the rule changed": cases["day"] < changed, "after it changed": cases["day"] >= changed}
words = []
for axis, (name, chosen) in zip(panels, windows.items(), strict=True):
    seen = cases[chosen & cases["outcome"].notna()].groupby(bands, observed=True)[["score", "outcome"]].mean()
    axis.plot(seen["score"].to_numpy(), color=BLUE, marker="o", markersize=4)
    axis.plot(seen["outcome"].to_numpy(), color=ORANGE, linestyle=(0, (4, 1.5)), marker="s", markersize=4)
    axis.set_xticks(range(5), list(seen.index))
    axis.set_xlabel("Other benefits received, in fifths")
    axis.set_title(name.capitalize(), loc="left", fontsize=11, fontweight="bold")
    least, most = seen.iloc[0], seen.iloc[-1]
    words.append(
        f"{name}, the score is {least['score']:.2f} and the outcome {least['outcome']:.2f} with least benefits, "
        f"{most['score']:.2f} and {most['outcome']:.2f} with most"
    )
panels[0].set_ylabel("Share eligible, where known")
panels[0].yaxis.set_major_locator(MultipleLocator(0.05))
panels[0].yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
panels[0].legend(["score: what the model says", "outcome: what turns out"], loc="best", frameon=False)
describe(figure, f"Score and outcome by fifths of benefits, among cases whose outcome is known: {'; '.join(words)}.")

# %% [markdown]
# Before, the two lines fall together: the more a household has from elsewhere, the less often it is eligible, and the
# model knows it. After, that is no longer so, and the model does not know it. Those with much from elsewhere are
# eligible more often than it says; those with little, less. In the mean over all known cases the two errors offset
# each other in part, and the people refused are not in the mean at all, so that the dashboard falls later and less than
# the truth. A monitor that is to see this must look at errors **together with features**.

# %% [markdown] section="apply" minutes=40
# ## Apply
#
# ### 1. Data drift by hand: PSI
#
# Write `psi`. Both arguments are arrays of numbers. The recipe:
#
# 1. leave out missing values from both;
# 2. cut at the reference's quantiles for 1/10, 2/10 … 9/10 (`np.quantile`): ten bins, each with a tenth of the
#    reference;
# 3. count how many values of each sample fall into each bin (`np.searchsorted(cuts, values, side="right")` gives bin
#    numbers, `np.bincount(..., minlength=bins)` counts them), and divide by the sample's size: *p* and *q*;
# 4. an empty bin counts as **half a case**, so that no logarithm fails: its share is 0.5 divided by the sample's
#    size;
# 5. return the sum over the bins of (*p* − *q*) ln(*p* / *q*).
#
# Steps 1 to 3 stand there as far as the counts. You write *p*, *q* and the sum: three lines.


# %% answer="psi"
def psi(reference, recent, bins=10):
    """Return the population stability index of one variable: 0 when nothing has moved."""
    here, there = reference[~np.isnan(reference)], recent[~np.isnan(recent)]
    cuts = np.quantile(here, np.arange(1, bins) / bins)
    counts_here = np.bincount(np.searchsorted(cuts, here, side="right"), minlength=bins)
    counts_there = np.bincount(np.searchsorted(cuts, there, side="right"), minlength=bins)
    # Now the shares p and q (np.maximum lifts an empty bin to half a case), and return the sum.
    ### BEGIN SOLUTION
    p, q = np.maximum(counts_here, 0.5) / len(here), np.maximum(counts_there, 0.5) / len(there)
    return float(np.sum((p - q) * np.log(p / q)))
    ### END SOLUTION


# %% check="psi"
check("m09.psi", psi)

# %% [markdown]
# You will often read that 0.1 is slight and 0.25 is large. These are habits of credit scoring, not theory. With two
# samples of 100 chance alone gives a PSI of nearly 0.2; with samples of a million a PSI of 0.01 is certainly no
# chance, and may do no harm at all.
#
# ### 2. Data drift by hand: KS
#
# PSI depends on bins. The Kolmogorov-Smirnov statistic does not: draw, for each sample, the staircase that says which
# share of values is at or below *v*; KS is the largest vertical gap between the two staircases. The gap can only be
# largest at a value that occurs in one of the samples, so it is enough to look there. The steps are given; the gap is
# yours.


# %% answer="ks"
def ks(reference, recent):
    """Return the largest gap between the two samples' cumulative shares, 0 to 1."""
    here, there = np.sort(reference[~np.isnan(reference)]), np.sort(recent[~np.isnan(recent)])
    steps = np.concatenate([here, there])
    # np.searchsorted(sample, steps, side="right") counts the values of a sorted sample at or below each step.
    # Turn both counts into shares, and return the largest gap between them, whichever is the higher.
    ### BEGIN SOLUTION
    gap = np.searchsorted(here, steps, side="right") / len(here) - np.searchsorted(there, steps, side="right") / len(
        there
    )
    return float(np.max(np.abs(gap)))
    ### END SOLUTION


# %% check="ks"
check("m09.ks", ks)

# %% [markdown]
# ### 3. A detector from a library: ADWIN
#
# ADWIN reads a stream of numbers and keeps a window that it shortens whenever two parts of it have means too
# different to be chance. It is the classic detector for *errors* that arrive one by one. We feed it the known errors
# of the run, in the order in which they became known: 1 for a wrong decision, 0 for a right one. Then, the same cases
# again, but each error (outcome minus score) multiplied by what the claimant receives in benefits.
#
# Guess before you run it: which of the two streams will make it ring?

# %%
from river.drift import ADWIN

stream = cases[cases["outcome"].notna()].sort_values("known_day")
wrong = ((stream["score"] >= 0.5) != (stream["outcome"] == 1)).astype(float)
usual = first["benefits_gbp"]
benefits = ((stream["benefits_gbp"] - usual.median()) / usual.std()).clip(-1, 1).fillna(0)


def rings(values, days):
    """Return the days on which ADWIN says that the mean of a stream, scaled to 0 to 1, has changed."""
    detector, found = ADWIN(delta=0.002), []
    for value, day in zip(values, days, strict=True):
        detector.update(value)
        if detector.drift_detected:
            found.append(round(day))
    return found


print(f"The rule changes on day {changed:.0f}.")
days = stream["known_day"]
print("Wrong or right:        ADWIN rings on day", *(rings(wrong, days) or ["(never)"]))
print("Error times benefits:  ADWIN rings on day", *(rings((stream["error"] * benefits + 1) / 2, days) or ["(never)"]))

# %% [markdown]
# The detector is fine; the stream decides what can be found in it. Among approvals, wrong decisions hardly become
# more frequent, so even a good detector on that stream has little to ring for. (It reads a sample of one case in
# twenty here; with all of them it would ring sooner.)
#
# ### 4. False alarms against delay
#
# Every monitor is a **score** and a **threshold**. A low threshold rings soon and often; a high one seldom and late.
# You cannot choose well by looking at one run. We need two things: several worlds, and for each of them a **twin**,
# with the same people and the same seed, in which no rule ever changes. In the twin every alarm is false. To see
# drift alone we switch data incidents off in both; the modules before this one deal with those.

# %%
only_people_move = tuple(drift for drift in service.drifts if drift.target == "covariate")
steady = scenario.replace(services=(quiet.model_copy(update={"drifts": only_people_move}),))
SEEDS = (21, 22, 23)
YEARS = 456 / 365.25

# %% [markdown]
# The score does not depend on the threshold. So we let each world run **once**, with a threshold that is never
# reached, and write the scores down, several at a time; any number of thresholds can then be tried on paper. Below,
# `Recorder` is such a monitor. Two scores to begin with: the largest PSI of all features, and, since rents are what
# everybody talks about, the sum of *error × rent* in standard errors. That is small by chance and grows as the
# relation between rent and outcome breaks.


# %%
def rent_score(reference, recent):
    """Return how far errors hang together with rent, in standard errors."""
    seen = recent.dropna(subset=["outcome", "rent_gbp"])
    if len(seen) < 100:
        return 0.0
    typical = reference["rent_gbp"]
    pull = (seen["outcome"] - seen["score"]) * ((seen["rent_gbp"] - typical.median()) / typical.std()).clip(-2, 2)
    return float(abs(pull.sum()) / np.sqrt((pull**2).sum()))


class Recorder:
    """A monitor that never rings: it writes down what several scores say each week."""

    def __init__(self, scores):
        self.scores, self.rows, self.last = scores, [], None

    def fresh(self):
        """Stay the same in each run, which would otherwise have a copy: the rows are read afterwards."""
        return self

    def __call__(self, reference, recent):
        self.last = (reference, recent)
        day = recent["decided_day"].max()
        self.rows.append({"day": day} | {name: score(reference, recent) for name, score in self.scores.items()})
        return 0.0


def record(scores):
    """Run each world and its twin once for five quarters; return every score by seed, world and day."""
    parts = []
    for seed in SEEDS:
        for name, world in (("moves", moves), ("steady", steady)):
            recorder = Recorder(scores)
            sim.simulate(
                world.replace(quarters=5),
                naive.replace(watch_model=sim.monitor(recorder, 1e9)),
                seed=seed,
                instant=True,
            )
            parts.append(pd.DataFrame(recorder.rows).assign(seed=seed, world=name))
    return pd.concat(parts, ignore_index=True), recorder.last


recorded, (reference_example, recent_example) = record(
    {"largest PSI": sim.practices.largest_psi, "error and rent": rent_score}
)
recent_example.head(3)

# %% [markdown]
# That is what a score function is given: `reference` holds the cases that the model in use was trained on, `recent`
# the cases decided, or whose outcome came in, during the last four weeks. `outcome` is missing until it is known.
#
# Now the curve: for each threshold, false alarms a year (in the twins) against the days from the change to the first
# alarm (in the worlds where it happens).


# %%
def curve(recorded, name, thresholds):
    """Return false alarms a year and days of delay for each threshold of one score."""
    rows = []
    for threshold in thresholds:
        rung = recorded[recorded[name] > threshold]
        false = (rung["world"] == "steady").sum() / len(SEEDS) / YEARS
        delays = []
        for seed in SEEDS:
            days = rung.loc[(rung["world"] == "moves") & (rung["seed"] == seed), "day"]
            delays.append((days[days >= rule_day(seed)] - rule_day(seed)).min())
        rows.append((name, threshold, false, np.mean(delays), np.min(delays), np.max(delays)))
    columns = ["monitor", "threshold", "false_alarms_per_year", "delay_days", "shortest", "longest"]
    return pd.DataFrame(rows, columns=columns)


both = pd.concat(
    [
        curve(recorded, "error and rent", [1.5, 2, 2.5, 3, 4, 5]),
        curve(recorded, "largest PSI", [0.1, 0.15, 0.2, 0.25, 0.3]),
    ]
)
both.round({"threshold": 2, "false_alarms_per_year": 1, "delay_days": 0, "shortest": 0, "longest": 0})

# %%
sim.plots.delay.figure(both)

# %% [markdown]
# Down and to the left is better. Where the delay is missing in the table, at least one world was never found. Be wary
# of the PSI curve: PSI is *the same* in each world and its twin, since the same people apply. If it rings soon after
# the change, it rings for rents that would have climbed anyway; and at a low threshold either score rings soon by
# chance. To catch both, **the marking counts an alarm only if the same monitor is quiet on the same day in the twin,
# if it comes at least 14 days after the change (no outcome speaks of the new rule before), and if it goes on for four
# weeks.** Rent works here because the rule change also touches rent; that is luck, too.
#
# **Where would you stand on such a curve?** Price both axes. An alarm takes a person's hours; a day of delay costs
# the wrong decisions of that day. Write a threshold for *error and rent*, and in one sentence your reason; it will
# serve you in the brief.

# %%
spec = service.training
half_year = faultless.daily[faultless.daily["day"].between(changed, changed + 182)]  # no data fault is in this price
extra_wrong = (causes["without data faults"].iloc[0] - half_year["accuracy"].mean()) * service.cases_per_day
print(f"An alarm takes a person {spec.alarm_hours:.0f} hours. A retraining takes {spec.staff_hours:.0f} hours,")
print(f"and {spec.release_days:.0f} days until its release.")
print(
    f"A day in the half-year after the change has about {extra_wrong:.0f} more wrong decisions than one at the start, at"
)
print(
    f"£{service.value.wrong_award_gbp:.0f} for a wrong award and £{service.value.wrong_refusal_gbp:.0f} for a wrong refusal."
)

# %% answer="choice"
my_threshold_and_reason = (
    ### BEGIN SOLUTION
    "3: hardly a false alarm in a year; higher adds weeks of delay, and every day of it costs wrong decisions"
    ### END SOLUTION
)

# %% [markdown]
# ### 5. Your monitor
#
# Nobody will tell you beforehand which feature the next rule is about. Write a `score_fn` that looks at **every**
# feature, and a threshold for it. What has helped others:
#
# - begin from `rent_score`, do it for each column in `features`, and return the largest. The largest of twelve scores
#   is by chance alone larger than any one of them, so it needs a **higher threshold** than rent did: look at your own
#   curve before you choose;
# - outcomes that come in today speak of cases decided weeks ago. Those decided longest ago dilute the rest: which
#   rows of `recent` speak of the present? (`decided_day` says when each was decided);
# - too few outcomes, no score: return 0.0. Missing values, and features that never vary, must not break it.
#
# It must see the change in three worlds that are not in this notebook, and **in each of them another rule changes**.
# If you are stuck after ten minutes, hand in `rent_score` with a threshold from the curve and go on: it sees one of
# the three worlds and earns about half the points. You can come back.

# %%
features = list(service.feature_names)
if "score_fn" not in globals():
    score_fn = threshold = ...


# %% answer="monitor"
def score_fn(reference, recent):
    """Return how far known outcomes have moved from the scores given; 0 when too little is known."""
    # 1. keep rows whose outcome is known and that were decided lately; fewer than 100 of them: return 0.0
    # 2. for each column in features: error = outcome - score, times the column's distance from its usual value
    # 3. that sum in standard errors, as in rent_score, without its sign; return the largest
    ### BEGIN SOLUTION
    settled = recent[recent["outcome"].notna() & (recent["decided_day"] > recent["decided_day"].max() - 45)]
    if len(settled) < 100:
        return 0.0
    error = (settled["outcome"] - settled["score"]).to_numpy()
    usual = reference[features]
    moved = ((settled[features] - usual.median()) / usual.std().clip(lower=1e-9)).clip(-2, 2).fillna(0).to_numpy()
    noise = np.sqrt((error**2) @ (moved**2))
    return float(np.max(np.abs(error @ moved) / np.maximum(noise, 1e-9)))
    ### END SOLUTION


threshold = (
    ### BEGIN SOLUTION
    4.5
    ### END SOLUTION
)

# %% [markdown]
# Look at your own curve before you hand it in. Change the list of thresholds to suit your score.

# %%
try:
    if score_fn is ... or threshold is ...:
        raise sim.errors.DecisionError("The three dots are still there: score_fn and threshold are both needed.")
    sim.check_decision("watch_model", sim.monitor(score_fn, threshold))
except sim.errors.TrinityError as problem:
    print(problem)
else:
    recorded_mine, _ = record({"your score": score_fn})
    scale = recorded_mine["your score"].quantile([0.5, 0.75, 0.9, 0.95]).round(2).tolist()
    display(curve(recorded_mine, "your score", sorted({*scale, threshold})).round(1))

# %% check="monitor"
check("m09.monitor", (score_fn, threshold))

# %% [markdown]
# ### 6. Your retraining rule
#
# An alarm is not yet a decision. A person answers it first and tells a fault in the data from a change in the world.
# Then a rule is asked, once a day: retrain today? It is given `signals`:

# %%
pd.Series(sim.decisions.POINTS["retrain"].given, name="what it is").to_frame()

# %% [markdown]
# `help(sim.decisions.Signals)` says more of each. `outcomes_known` counts only cases decided since the version in use
# was trained: some 280 a day once the first five weeks have passed.
#
# Write `retrain(signals)`, which returns `True` or `False`. Think about three questions. Is there evidence? Has the
# last training had time to act (the retraining itself takes a person's time and a week to release)? Is there enough
# that is *new* to learn from? Remember what the training store holds: outcomes from before the change as well, and
# hardly a refusal.
#
# The board allows **twelve releases in two years**, no group may be served worse than before, and in a world where no
# rule changes your rule should leave well alone. It is marked on net public value and on accuracy in the last
# quarter, in worlds that are not in this notebook, under your own monitor if that works, and under the reference one
# if not.

# %%
if "retrain" not in globals():
    retrain = ...


# %% answer="retrain"
def retrain(signals):
    """Say whether to retrain today."""
    ### BEGIN SOLUTION
    evidence = signals.alarms > 0
    rested = signals.days_since_training >= 45
    return evidence and rested and signals.outcomes_known >= 3000
    ### END SOLUTION


# %% [markdown]
# `sim.check_decision` tries a decision on recorded examples before it costs you a run.

# %%
try:
    sim.check_decision("retrain", retrain)
    print("The rule answers every example with True or False.")
except sim.errors.TrinityError as problem:
    print(problem)

# %% check="retrain"
check("m09.retrain", {"monitor": (score_fn, threshold), "retrain": retrain})

# %% [markdown]
# ### 7. What it is worth, with an interval
#
# Sections 7 to 9 are run and read; there is nothing to write. From here on the reference monitor and rule stand in, so
# that the numbers are there whatever you wrote; put your own in their place if you like, as
# `watch_model=sim.monitor(score_fn, threshold), retrain=retrain`. A calendar comes along for comparison.
# Each playbook meets the same four worlds, so the differences are the playbooks' own. This takes some ten seconds.
#
# The number for your brief is the row *monitored, net_public_value*: its effect, low and high. Say whether it is the
# reference's or your own, and stay with one of the two.

# %%
monitored = naive.replace(watch_model=sim.practices.drift_monitor(), retrain=sim.practices.retrain_on_drift())
playbooks = {
    "naive": naive,
    "every quarter": naive.replace(retrain=sim.practices.retrain_on_schedule(91)),
    "monitored": monitored,
}
effects = sim.compare(moves, playbooks, seeds=range(31, 35), instant=True)
headline = ["net_public_value", "accuracy_last_quarter", "equity_gap"]
shown = effects[effects["measure"].isin([*headline, "deployment_frequency"])]
shown = shown[["playbook", "measure", "effect", "low", "high", "unit"]].set_index(["playbook", "measure"])
pounds = shown["unit"] == "GBP"
ends = ["effect", "low", "high"]
shown[ends] = [
    [f"£{value:,.0f}" if pound else f"{value:+.3f}" for value in row]
    for row, pound in zip(shown[ends].to_numpy(), pounds, strict=True)
]
shown

# %% [markdown]
# Each row is the change against never retraining, with a 95 % interval. Where an interval spans zero, four worlds are
# too few to tell. `deployment_frequency` counts releases in a quarter. Is the calendar as good as the monitor? For which
# measure? And how many releases did it pay for the quarters in which nothing had changed?
#
# Now one world to the end, side by side. (The bars that are left are incidents of *spend*, such as machines that
# someone forgot to stop; m10 and m11 are about those.)

# %%
naive_run, monitored_run = (sim.simulate(moves, playbook, seed=SEED, instant=True) for playbook in (naive, monitored))
sim.plots.outcome.figure(naive_run, monitored_run, names=("nobody watches", "monitored"))

# %% [markdown]
# ### 8. The counterfactual: one quarter earlier
#
# Suppose that the board says no at first, and yes at the beginning of quarter 6. What would the same yes have been
# worth a quarter earlier? Outside a simulator nobody can know. Here we take one programme, play it, and **branch**
# it: the same past, day by day, and another decision. This time practices are not instant: taking them up costs money
# and takes weeks.

# %%
late = sim.Programme(moves, seed=SEED)
for _ in range(5):
    late.step(naive)
early = late.branch(quarter=5)
for programme in (late, early):
    while not programme.done:
        programme.step(monitored)
late_run, early_run = late.run(), early.run()


def outcome(run):
    """Return what a run came to: value in pounds, and decisions that were wrong."""
    card = run.scorecard().set_index("measure")["value"]
    wrong = ((1 - run.daily["accuracy"]) * run.daily["decided"]).sum()
    return pd.Series(
        {"net public value (£)": card["net_public_value"], "wrong decisions": wrong, "retrainings": len(run.models) - 1}
    )


told = pd.DataFrame({"yes in Q6": outcome(late_run), "yes in Q5": outcome(early_run)})
told["a quarter earlier"] = told["yes in Q5"] - told["yes in Q6"]
told.round(0).astype(int)

# %% [markdown]
# ### 9. What the practice costs
#
# Staff hours are in `people`, pounds in `ledger`. Staff are paid whether they answer alarms or not, so we put a price
# on their hours ourselves: that time is not spent on anything else.

# %%
kinds = ["take up watch_model", "take up retrain", "alarm", "retraining"]
hours = early_run.people[early_run.people["kind"].isin(kinds)].groupby("kind")["hours"].sum().reindex(kinds).fillna(0)
team = next(team for team in scenario.staff.teams if team.discipline == "mlops")
hourly = team.pay_gbp * scenario.staff.on_cost / (220 * 7.4)
bought = early_run.ledger.loc[early_run.ledger["debit"] == "adoption", "pence"].sum() / 100
machine = (len(early_run.models) - 1) * spec.machine_hours
cost = hours.sum() * hourly + bought
gain = outcome(early_run).iloc[0] - outcome(sim.simulate(moves, naive, seed=SEED)).iloc[0]

display(hours.round(0).to_frame("hours of work"))
print(
    f"{hours.sum():.0f} hours of staff at £{hourly:.0f}, £{bought:,.0f} bought in, {machine:.0f} vCPU hours of training."
)
print(f"Cost of the practice: about £{cost:,.0f}. Gain over never retraining, spend deducted: about £{gain:,.0f}.")
print(
    f"If gain goes with volume and cost does not, it breaks even near {service.cases_per_day * cost / gain:.0f} cases a day."
)

# %% [markdown]
# **When is it not worth it?** When cases are few; when outcomes come so late, or so seldom, that no monitor can see;
# when the service is to be closed soon; when nobody will be there to answer; and when rules change on known days. For
# the last, a note in the calendar beats every statistic: *ask policy colleagues when the rules change.* A monitor is
# for what nobody thought to tell you.

# %% [markdown] section="reflect" minutes=15
# ## Reflect
#
# ### Your brief to the programme board
#
# In at most 250 words, to people who know claims and budgets but not statistics: what happened, what you propose,
# what it costs and brings, what it will not see, and what you ask them to decide. Use numbers from the cells above. A
# person marks this, by the table below.

# %% [markdown] rubric="brief"
# | What the marker looks for | Points |
# |---|---|
# | Says what went wrong, for whom, and why the dashboard did not show it | 2 |
# | Proposes a monitor and a rule, with a threshold defended by the price of a false alarm and of a day's delay | 1 |
# | Gives worth and cost, in pounds and in wrong decisions, with an interval or a range, and says where they come from | 1 |
# | Says what the proposal will not see, and who answers an alarm | 1 |
# | Asks for one decision, plainly, within 250 words | 1 |

# %% [markdown] written="brief"
# ### BEGIN SOLUTION
# **To the programme board: watching the claims model**
#
# Since the savings rule changed, the claims model has been deciding by the old one. At worst some seven more
# decisions in a hundred were wrong than at the start. The gap between disabled claimants and others trebled: more of
# them are refused although they are eligible. Our dashboard hardly moved, because it counts only outcomes that we
# learn: nearly all approvals, and one refusal in fifty.
#
# I propose a weekly check of outcomes against scores, feature by feature, and retraining when an alarm has been
# answered and no fault in the data explains it. At the threshold chosen we expect hardly one false alarm a year (five
# hours of one person) and see a change after six to seven weeks; a lower threshold would save two weeks at the price
# of an alarm every other month.
#
# In four simulated futures this brought between £0.3m and £1.0m over two years, for about £18,000 in staff time and
# fees. Acting one quarter sooner was worth about £100,000 and nearly a thousand wrong decisions. These are simulated
# worlds: the order of size will hold, the digits will not.
#
# It will not see errors among the refused for which we have no outcomes, nor a change younger than about six weeks.
# The model team's duty officer answers alarms; policy will tell us of rule changes beforehand.
#
# **Decision asked:** approve the monitor and the rule from next quarter.
# ### END SOLUTION

# %% [markdown] insert="quiz"
# ### Five questions of judgement
#
# There is no formula here; there is an option that holds up best.

# %% [markdown]
# ### What this model leaves out
#
# - Every outcome here is right once it is known. Real ones are disputed, appealed and mended years later.
# - Refused households do not change what they do. Real people learn what the form rewards, and the stream drifts
#   because of the model itself.
# - The change is one day for everybody. Real rules have transitions, regional pilots and exceptions.
# - A retraining never fails its tests and a release never breaks anything; m08 is about that. Nor do the team's
#   alarms from one service compete with those from twelve others.
# - Each group has the same rule. Where it has not, a monitor of the whole can be calm while one group's model is
#   broken: look at groups apart.
#
# ### On Monday
#
# 1. Ask of one model in your care: for which decisions do we *never* learn the outcome? Write the share down.
# 2. Find out who knows the next date on which a rule changes. Put it in the model team's calendar.
# 3. Look up the last alarm that anyone answered. If nobody can, the threshold is wrong or there is no monitor.
# 4. Propose a small random audit of refusals. It is the cheapest instrument in this lesson.
#
# ### Further reading
#
# - Gama, Žliobaitė, Bifet, Pechenizkiy and Bouchachia, *A survey on concept drift adaptation*, ACM Computing Surveys
#   46(4), 2014. The vocabulary used here, and a map of detectors.
# - Bifet and Gavaldà, *Learning from time-changing data with adaptive windowing*, SIAM International Conference on
#   Data Mining, 2007. ADWIN, with its guarantees.
# - Lakkaraju, Kleinberg, Leskovec, Ludwig and Mullainathan, *The selective labels problem*, KDD 2017. Why accuracy
#   among those you said yes to is not accuracy.
# - Sculley and others, *Hidden technical debt in machine learning systems*, NeurIPS 2015. Why the model is the small
#   box in the middle.
# - Hardt, Price and Srebro, *Equality of opportunity in supervised learning*, NeurIPS 2016. The equity gap used here.
# - UK Government, *Algorithmic Transparency Recording Standard* and *AI Playbook for the UK Government* (2025), both
#   on GOV.UK. What a public body must be able to say about a model in use, and keep saying.
