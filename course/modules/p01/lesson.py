# %% [markdown] section="open"
# # Two exercises: a model and a store
#
# Two small pieces of code, each marked on worlds that you do not see. In the first you fit a **model** on records in which a
# feed went wrong for two weeks, and it is judged on the months after. In the second you write a rule that chooses **how
# long records are kept**, and three programmes try it.
#
# Run the cells from top to bottom with Shift+Enter. Write in place of three dots; the cell below then marks it, as often as
# you like.

# %% [markdown] objectives="here"
# When you have finished you will be able to:

# %%
import numpy as np
import pandas as pd

import sim
from autograder import check
from sim.models.learning import logistic_regression
from sim.streams import Streams
from sim.world.population import populate

# %% [markdown] section="apply" minutes=30
# ## Apply
#
# ### 1. A model that a broken feed does not spoil
#
# (Fifteen minutes.) Here are a hundred days of claims, as they were delivered, and whether each household was eligible. For
# two weeks of them the tax department's feed wrote **pence for pounds** in half the records. Nobody noticed. It happens
# again now and then, in one record in fifty. `later` are records of the months after, to try a model on.

# %%
service = sim.load_scenario("household-support").service("claims-triage")
people = populate(service, Streams(9), 0, 200)
chance = np.random.default_rng(9)
records = pd.DataFrame(people.record.astype(float), columns=list(service.feature_names))
bad = (people.day >= 40) & (people.day < 54) & (chance.random(len(records)) < 0.5)
bad |= (people.day >= 130) & (chance.random(len(records)) < 0.02)
records.loc[bad, "earnings_gbp"] *= 100
past, months_after = people.day < 100, people.day >= 130
examples, outcome = records[past].reset_index(drop=True), pd.Series(people.truth[past].astype(int), name="outcome")
later, truth = records[months_after].reset_index(drop=True), people.truth[months_after].astype(int)
examples.describe().loc[["count", "mean", "std", "50%", "max"]].round(1)

# %% [markdown]
# Look at `earnings_gbp`: a household with 200,000 pounds a *month* does not claim support. One column's spread is enough.
# The logistic regression that the programme fits by itself divides each column by its standard deviation, and what is left
# of honest differences in earnings is next to nothing:

# %%
plain = logistic_regression().fit(examples, outcome)
error = np.mean((plain.predict_proba(later)[:, 1] - truth) ** 2)
print(f"Mean squared error of the plain model's probabilities, in the months after: {error:.3f}.")
print(f"Of a model that says the same of everybody: {truth.mean() * (1 - truth.mean()):.3f}.")

# %% [markdown]
# Write `train(examples, outcome)`. It returns a fitted estimator, any object with `predict_proba(records)` that gives two
# columns, the probabilities of 0 and of 1. Values may be missing (NaN), in the examples and later; `logistic_regression()`
# puts the median there. In the marking there are three other pasts, in each of which **another column** is spoilt, so that
# its name is of no use: look for what *no* column should do.
#
# | what is looked at | points |
# |---|---|
# | mean squared error in the months after, between the plain model's and a good one's | 5 |
# | a record has the same probability whoever else is asked about in the same call | 0.5 |
# | the same examples give the same model | 0.5 |
#
# The estimator stays where it was made: the marking sends it records and gets probabilities back, never the object.

# %%
if "train" not in globals():  # so that later cells run even if yours stops
    train = ...


# %% answer="train"
class Fitted:
    """An estimator of your own; any of scikit-learn's will do as well, and then you do not need this."""

    def __init__(self, low, high, model):
        self.low, self.high, self.model = low, high, model

    def predict_proba(self, records):
        """Return two columns of probabilities, a row for each record."""
        ### BEGIN SOLUTION
        return self.model.predict_proba(records.clip(self.low, self.high, axis=1))
        ### END SOLUTION


def train(examples, outcome):
    """Return an estimator fitted on the examples."""
    ### BEGIN SOLUTION
    quarter, middle, three_quarters = (examples.quantile(share) for share in (0.25, 0.5, 0.75))
    reach = 3 * (three_quarters - quarter).clip(lower=1)
    low, high = middle - reach, middle + reach
    return Fitted(low, high, logistic_regression().fit(examples.clip(low, high, axis=1), outcome))
    ### END SOLUTION


# %%
try:
    mine = train(examples, outcome).predict_proba(later)[:, 1]
    shown = f"Mean squared error of your model, in the months after: {np.mean((mine - truth) ** 2):.3f}."
except Exception as problem:
    shown = f"Not yet: {problem}"
print(shown)

# %% check="train"
check("p01.train", train)

# %% [markdown]
# ### 2. How long records are kept
#
# (Fifteen minutes.) Records move from **hot** storage to **cool**, to the **archive**, and out, each step by age and for good:
#
# | | price | who reads it |
# |---|---|---|
# | hot | full | people, the model, a thief |
# | cool | about half | people, the model, a thief |
# | archive | about a sixth | nobody: it is offline, and brought back for an appeal |
#
# Three things are asked of it, and they do not agree:
#
# - the **law**: a record older than `lawful_days` must be gone. It goes before everything else;
# - an **appeal**: a record younger than `appeal_days` must be there, if only in the archive;
# - the **model**: it learns from records of the last `window_days`, as far as they can be read.
#
# Until now nobody has chosen, and everything is hot for ever. What does that come to?

# %%
calm = service.model_copy(update={"incidents": (), "breach": None, "keep_days": 150})
programme = sim.load_scenario("household-support").only("claims-triage")
programme = programme.replace(services=(calm,), quarters=2, organisation=None, invoicing={})


def tried(choice):
    """Return what half a year comes to under a choice, in a programme in which the law allows 150 days."""
    run = sim.simulate(programme, sim.Playbook(retain=choice), seed=9, instant=True)
    store, last = run.billing[run.billing["ResourceId"] == "claims-store"], run.daily.iloc[-1]
    words = ["people held", "of them too long", "store, £"]
    return pd.Series([last["held"], last["held_too_long"], store["EffectiveCost"].sum().round()], index=words)


for_ever = sim.retention()
pd.DataFrame({"for ever": tried(for_ever), "hot, 150 days": tried(sim.retention(hot_days=150))}).astype(int)

# %% [markdown]
# Write `keep(lawful_days, appeal_days, window_days)`, which returns `sim.retention(hot_days=..., cool_days=...,
# archive_days=...)`. The three are counted one after the other: `sim.retention(hot_days=10, cool_days=20, archive_days=30)`
# deletes at 60 days. Hot takes at least one day.
#
# The marking asks it on three sets of terms and runs a programme of nine months on each, with retrainings. In one of the
# three **the model would like more than the law allows**. Points: the law 2; appeals, examples, reach and cost 1 each. What
# is kept against the law earns nothing for appeals or examples, and being cheap or out of reach counts only where nothing is
# missing for it.

# %%
if "keep" not in globals():
    keep = ...


# %% answer="keep"
def keep(lawful_days, appeal_days, window_days):
    """Choose how long records are hot, cool and archived before they are deleted."""
    # How long must a record be within reach? And how much longer must it be there?
    ### BEGIN SOLUTION
    within_reach = min(window_days, lawful_days)
    afterwards = max(min(appeal_days, lawful_days) - within_reach, 0)
    return sim.retention(hot_days=1, cool_days=within_reach - 1, archive_days=afterwards)
    ### END SOLUTION


# %%
try:
    choices = {f"law {law}, appeal {appeal}, model {window}": keep(law, appeal, window)
               for law, appeal, window in ((150, 100, 60), (90, 60, 140))}  # fmt: skip
    shown = pd.DataFrame({terms: vars(choice) for terms, choice in choices.items()})
except Exception as problem:
    shown = f"Not yet: {problem}"
shown

# %% check="keep"
check("p01.keep", keep)

# %% [markdown]
# A word on what this leaves out. Bringing records back from an archive costs money and a day; the simulator charges neither.
# And a law seldom says a number of days: it says "no longer than necessary", so that somebody has to choose one, and to write
# down why. You have just done both.
