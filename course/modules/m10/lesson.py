# %% [markdown] section="open"
# # Seeing cost
#
# A department runs three AI services on one cloud account. Each month a bill of a thousand lines comes, somebody in
# finance divides it by three, and nobody reads it. After half a year the bill has more than doubled, and the finance
# director asks which service is too dear.
#
# In this lesson you read that bill. You write the **query** that says what it holds, the **tags** that say whose each
# thing is, the **allocation** that shares it out to the penny, and the **unit cost** that says what an accurate
# decision costs. Then you let the department try it, and tell the finance director what it is worth.
#
# It takes about 90 minutes. Part 5 and the memo are for home: another 35. Run the cells from top to bottom with
# Shift+Enter. Write in place of three dots; the cell below then marks it, as often as you like.

# %% [markdown] objectives="here"
# When you have finished this lesson you will be able to:

# %% [markdown] insert="map"
# ## The landscape
#
# (Three of *Predict*'s eight minutes.) Higher is nearer to the people served; further right is more of a commodity. A line
# reads "needs", a dashed arrow "is moving to". Blue is built in house, orange is bought; no shade is neither: people, or
# what they agree.

# %% [markdown]
# **A question about the map.** A platform is on offer that "allocates your cloud cost automatically". Which part would
# it have to own in order to keep that promise, and can it?
#
# <details><summary>One answer, once you have yours</summary>
#
# The <em>agreed key</em> for what is shared, and the owners behind it. A platform can read tags and multiply. It cannot
# know who asked for a machine if nobody wrote it down, nor make two heads of service agree on who bears the logs.
#
# </details>

# %%
import json

import duckdb
import pandas as pd
from scipy import stats

import sim
import sim.plots.spend
from autograder import check
from sim.decisions.tag import Asset

pd.set_option("display.max_colwidth", None)
pd.set_option("display.max_columns", 20)

# %% [markdown] section="predict" minutes=8
# ## Predict
#
# The three services: **claims triage** is given some 400 claims a day, the **call assistant** some 700 questions, and
# the **staffing forecast** says about forty times a day how many people an office will need. Each has its own machines; logs,
# analysts' notebooks and a build server are shared. Before you run anything, write down (it is not marked):
#
# 1. what **share** of the half year's bill was for production, 0 to 1; the rest is development and test;
# 2. which service looks **cheaper than it is** when the bill is divided by three: `"triage"`, `"assistant"` or `"forecast"`;
# 3. whether showing owners their cost **pays for itself** within a year: `"yes"` or `"no"`.

# %% answer="prediction"
share_of_production = (
    ### BEGIN SOLUTION
    0.8
    ### END SOLUTION
)
flattered_by_thirds = (
    ### BEGIN SOLUTION
    "triage"
    ### END SOLUTION
)
pays_within_a_year = (
    ### BEGIN SOLUTION
    "yes"
    ### END SOLUTION
)

# %% [markdown] section="run" minutes=17
# ## Run
#
# Half a year from 1 April (day 0). In May the department **commits** to machines for a year: three tenths off the price,
# paid whether they run or not, and for rather more than run just then. In April somebody wrote **tags** on what runs in
# production, such as `{"owner": "claims-triage"}`; nobody has got round to the rest. (`instant=True`: a practice is in
# force at once, without the weeks and the money that taking it up costs. What it gives people to do still takes their
# time: tags are written one by one, and each stands on the bill from the next day.)

# %%
SEED = 2
department = sim.load_scenario("household-support").replace(
    quarters=2,
    budget={"delegated_gbp": 150_000},  # what may be committed to without asking anybody
    invoicing={"overcharges_per_year": 12, "credit_gbp": 1_000},  # how often the provider errs, and what it gives
)
as_it_was = sim.Playbook(
    tag=sim.practices.tag_by_owner(environments=("production",)),
    commit=sim.practices.commit_to_floor(share=1.3, days=28),
)
run = sim.simulate(department, as_it_was, seed=SEED, instant=True)
bill = run.billing
print(f"{len(bill):,} lines of {len(bill.columns)} columns; in all £{bill['EffectiveCost'].sum():,.2f}.")

# %% [markdown]
# The columns are those of **FOCUS**, the open format in which the large providers export their bills; only those that
# begin `x_` are our own. One line of each kind, in a few columns:

# %%
kind = ["ChargeCategory", "ChargeClass", "CommitmentDiscountStatus"]
money = ["BilledCost", "EffectiveCost"]
lines = bill.drop_duplicates(kind)[["ChargePeriodStart", "ResourceId", *kind, *money]].round(2).fillna("")
lines.assign(ChargePeriodStart=lines["ChargePeriodStart"].str[:10])

# %% [markdown]
# - **Usage**: something ran, or was kept. With status *Used* it ran under the commitment, which is paid for apart;
# - **Purchase**: the commitment's own price, month by month;
# - *Unused*: what the commitment paid for and nobody used;
# - **Credit**: money given back, for no resource in particular;
# - *Correction*: a charge of last month that was wrong. It stands on this month's invoice, for a day of last month's.

# %%
bill.groupby(kind, dropna=False)[["BilledCost", "EffectiveCost"]].sum().round(2)

# %% [markdown]
# **BilledCost** is what is owed this month. **EffectiveCost** is what a thing cost in the end: the purchase counts
# nought, and its price is spread over what was used under it, and what was not. Both add up to the same here, since the
# commitment is paid by the month. Line by line they do not. What does triage's serving cost in June?

# %%
june = bill[bill["ChargePeriodStart"].str.startswith("2026-06")]
few = june[june["ResourceId"].isin(["triage-serving", "nightly-pipeline", "commitment-1"])]
few.groupby("ResourceId")[["BilledCost", "EffectiveCost"]].sum().round(2)

# %% [markdown]
# By BilledCost the machines under the commitment are free, and the commitment itself is the dearest thing in the house.
# *Use BilledCost to pay the invoice, EffectiveCost to ask what a thing costs*, and never add the two.
#
# Now by month and environment. What happens from July on?

# %%
sim.plots.spend.by_month(bill)

# %%
production = bill.loc[bill["x_Environment"] == "production", "EffectiveCost"].sum() / bill["EffectiveCost"].sum()
print(f"Production is {production:.0%} of the bill.")
if share_of_production is not ...:
    print(f"You predicted {share_of_production:.0%}.")
months = bill["ChargePeriodStart"].str[:7].rename("month")
by_resource = bill.groupby(["ResourceId", months])["EffectiveCost"].sum().unstack(fill_value=0)
hours = bill[(bill["ResourceId"] == "gpu-notebook") & (bill["ConsumedUnit"] == "Hours")]
ran = hours.groupby(months)["ConsumedQuantity"].sum() / (24 * hours.groupby(months)["ChargePeriodStart"].nunique())
print(f"gpu-notebook: {ran.iloc[0]:.0f} machines in {ran.index[0]}, {ran.iloc[-1]:.0f} in {ran.index[-1]}.")
by_resource.loc[by_resource.sum(axis=1).nlargest(6).index].round(0).astype(int)

# %% [markdown]
# Three things grow. The largest by far is `gpu-notebook`, the analysts' GPU machines: somebody started tuning jobs there, one
# more and one more, and nobody stopped them. Machines are forgotten under `test-pipeline`. And `assistant-answers`, a
# model that is bought by the call, is asked for the same answers again and again. We know why, as we know this world.
# The bill has only what grows, since when and by how much; but it had that at once. *It told nobody.* For the reasons
# one has to ask somebody. Whom? The answers bear a tag: `call-assistant`. The other two bear none: the notebooks are for
# everybody, and that triage's team once asked for the test machines stands nowhere on the bill.
#
# Now look at the commitment, which in May had paid for more than there was to run:

# %%
plan = bill[bill["CommitmentDiscountStatus"].notna()]
of_all = plan.groupby(["CommitmentDiscountStatus", months])["EffectiveCost"].sum().unstack(fill_value=0)
used = plan[plan["CommitmentDiscountStatus"] == "Used"]
used = used.groupby(["ResourceId", months])["EffectiveCost"].sum().unstack(fill_value=0)
grown = (used.loc[:, "2026-07":].max(axis=1) - used["2026-06"]).nlargest(3).index
pd.concat({"in all": of_all, "used by": used.loc[grown]}).round(0).astype(int)

# %% [markdown]
# As things grow, the unused part shrinks until there is none: a dashboard would turn green. (And production, to which the
# unused part is charged, looks cheaper in the month in which that happens.) What fills the commitment is in the main not
# more work but what was forgotten; a row that grows by a thirtieth has one more day in its month. (From July on
# `gpu-notebook` falls here, while it costs more than ever: this provider fills a commitment in a fixed order, and
# forgotten machines of `test-pipeline` come before notebooks and take their place. More notebooks then run at the full
# price.) *Used is not useful.* That is the limit of any bill: it says what was paid for, not whether it did anything.
#
# Last, the same kind of question in **SQL**. DuckDB reads a data frame as a table by its name, and a warehouse would take
# the same query. `GROUP BY ALL` makes one row for each value of what is not summed. `FILTER` lets a sum count some of
# the lines only; where there are none it gives NULL, and `coalesce` makes that 0:

# %%
duckdb.sql("""
    SELECT ServiceCategory AS category,
           sum(BilledCost) AS billed_gbp,
           coalesce(sum(BilledCost) FILTER (ChargeClass = 'Correction'), 0) AS corrected_gbp,
           count(DISTINCT ResourceId) AS resources
    FROM bill
    GROUP BY ALL
    ORDER BY billed_gbp DESC
""").df().round(2)

# %% [markdown] section="explain" minutes=7
# ## Explain
#
# **FinOps** goes round in a circle: *inform* (whose cost is it, and what for?), *optimise* (what can go, or be had
# cheaper?), *operate* (who looks each month, and decides?). This lesson is the first step. Without it the other two
# work on whatever is loudest.
#
# There are two ways of telling people what they cost:
#
# | | **showback** | **chargeback** |
# |---|---|---|
# | what happens | owners see their cost; the budget stays in the middle | cost is moved to owners' own budgets |
# | what it makes people do | look, ask, clear what is plainly theirs and idle | the same; and haggle over the key, leave shared services, switch off tests and monitoring first |
# | what it needs | tags that are mostly right | tags that are right, a key that is agreed, somebody to settle disputes |
# | when it fails | nobody opens the report | people save on what they pay, at the cost of what they do not |
#
# Most start with showback, and some stay there. In the public sector there is one more thing to ask: may an owner who
# saves keep any of it, or is next year's budget cut by as much?
#
# **A claim from the book** behind this course (*Understanding AI-related costs*): there are six kinds of cost
# (infrastructure, data, people, software, operations, compliance), and organisations underestimate the total by 30 to
# 40 %. It names no study. What does a department leave out that takes the cloud bill for the cost of AI?

# %%
spent = run.ledger[~run.ledger["category"].isin(["funding", "settlement"])]
spent["gbp"] = spent["pence"].where(spent["credit"] != "cloud", -spent["pence"]) / 100
print(f"The cloud bill is {bill['BilledCost'].sum() / run.daily['spend_gbp'].sum():.0%} of all spend.")
spent.groupby("category")[["gbp"]].sum().round(0).astype(int)

# %% [markdown]
# The rest is people above all. (The bill itself is spread over infrastructure, data, software and operations.) Whoever
# counts machines alone is further out than the claim says; whoever counts all six is not out at all. *Ask of such a figure: underestimated by
# whom?*

# %% [markdown] section="apply" minutes=48
# ## Apply
#
# ### 1. Your query
#
# (Twelve minutes.) Write one query over the table `bill` that says, for each environment and month, what it cost and how
# much of that has no owner:
#
# | column | what stands in it |
# |---|---|
# | `environment` | `SubAccountName` |
# | `month` | such as `2026-04`, from `ChargePeriodStart`: the month that a charge is *for*. `left(text, 7)` cuts |
# | `cost_gbp` | what it cost in the end |
# | `untagged` | share of that cost that is on lines without an owner: 0.25 for a quarter |
#
# Do not round, and leave a share as it comes: a credit names no owner, and may take it below nought.
# `Tags->>'owner'` reads one tag from a line, and is NULL where it is missing. The example above has all else that you need.
# The marking has four bills from other worlds, on which a line may bear other tags and no owner.

# %% answer="query"
query = (
    ### BEGIN SOLUTION
    """
    SELECT SubAccountName AS environment,
           left(ChargePeriodStart, 7) AS month,
           sum(EffectiveCost) AS cost_gbp,
           coalesce(sum(EffectiveCost) FILTER (Tags->>'owner' IS NULL), 0) / sum(EffectiveCost) AS untagged
    FROM bill
    GROUP BY ALL
    ORDER BY ALL
    """
    ### END SOLUTION
)

# %%
try:
    answer = duckdb.sql(query).df().round(3) if query is not ... else "Write the query first."
except duckdb.Error as problem:
    answer = str(problem)
answer

# %% check="query"
check("m10.query", query)

# %% [markdown]
# Why is some of production untagged, when all of it was tagged? Find three kinds of line.
#
# <details><summary>The three</summary>
#
# Use on the days of April before somebody had written the tag; the unused part of the commitment, which is no resource;
# and the credit, which belongs to none either (and makes April's share smaller).
#
# </details>
#
# ### 2. Tags
#
# (Seven minutes.) A rule for tags is asked about one resource after another; somebody then writes them down, an hour for
# each, and four for each disk or address, since nobody remembers what hangs on those. The rule is told:

# %%
told = sim.decisions.POINTS["tag"].given
told = told | {"requested_by": told["requested_by"] + "; empty ('') where the request has been lost"}
pd.Series(told, name="what it is").to_frame()

# %% [markdown]
# Write `tag(resource)`, which returns a dict:
#
# - `owner`: who asked for it, `shared` included;
# - `environment`;
# - `split`, only on what is shared: `"use"`, the key by which its cost will be split, so that whoever reads the bill
#   needs no second list;
# - and where the request has been lost, **no** owner: a gap that shows gets looked for, and a guess gets believed. (In
#   this department every request is on file, those for old disks too. In the marking some are lost, and so is that of the
#   last row in the table below the task, which is made up.)
#
# The marking has two departments with other services. Names will not help: `triage-cache` there was asked for by somebody
# else.

# %%
if "tag" not in globals():  # so that later cells run even if yours stops
    tag = ...


# %% answer="tag"
def tag(resource):
    """Return the tags of a resource, by name."""
    # First what is always known; add the owner, if it is known, and the key, if the owner is "shared"
    ### BEGIN SOLUTION
    tags = {"environment": resource.environment}
    if resource.requested_by:
        tags["owner"] = resource.requested_by
    if resource.requested_by == "shared":
        tags["split"] = "use"
    return tags
    ### END SOLUTION


# %%
estate = [Asset(r.name, r.kind, r.environment, r.size, r.service, day=0) for r in department.estate]
lost = Asset("old-volume", "disk", "production", "block-ssd", "", day=0)
try:
    sim.check_decision("tag", tag)
    some = [*estate[:2], *estate[-8:-4], lost]
    shown = pd.DataFrame([{"resource": asset.name, **tag(asset)} for asset in some]).fillna("")
except Exception as problem:
    shown = f"Not yet: {problem}"
shown

# %% check="tag"
check("m10.tag", tag)

# %% [markdown]
# Now the half year once more, with a rule for everything. It is in force on 1 April; the tags are then written one by
# one, between other work, and what a thing costs before its tag is there names no owner. Your rule is used if it names
# each of the department's own services and nobody else; if not, a reference one stands in, which writes owners and no
# key. The new bill is called `tagged_bill`; `bill` stays as it was.

# %%
SERVICES = [service.name for service in department.services]
try:
    sim.check_decision("tag", tag)
    fit = {tag(asset).get("owner") for asset in estate} == {*SERVICES, "shared"}
except Exception:
    fit = False
tagging = tag if fit else sim.practices.tag_by_owner()
tagged = sim.simulate(department, as_it_was.replace(tag=tagging), seed=SEED, instant=True)
tagged_bill = tagged.billing
named = tagged_bill["Tags"].str.contains('"owner"')
share_named = tagged_bill.loc[named, "EffectiveCost"].sum() / tagged_bill["EffectiveCost"].sum()
hours = tagged.people.loc[tagged.people["kind"] == "tag resource", "hours"].sum()
written = tagged.journal.loc[tagged.journal["kind"] == "tagged", "day"]
last = pd.Timestamp("2026-04-01") + pd.Timedelta(days=int(written.max()))
held = sum(asset.kind in ("disk", "address") for asset in estate)
ran = (tagged_bill["ChargeCategory"] == "Usage") & (tagged_bill["CommitmentDiscountStatus"] != "Unused")
print("Your tags are on the bill." if fit else "The reference tags are on the bill.")
print(f"{share_named:.0%} of the cost names an owner.")
print(f"Used before its tag was there: £{tagged_bill.loc[~named & ran, 'EffectiveCost'].sum():,.0f}.")
print(f"Writing {len(written)} tags took {hours:.0f} hours: an hour each, and four for {held} disks and addresses.")
print(f"Between other work that lasted {written.max() / 7:.0f} weeks, until {last.day} {last:%B}.")

# %% [markdown]
# ### 3. An allocation
#
# (Sixteen minutes.) `allocate(billing)` is given a bill and says whose it is: a data frame with the columns `service`,
# `ResourceId`, `cost_gbp` and `key`, which says on every row by what rule it stands there. Our rules, stated beforehand:
#
# 1. a line whose owner is a service goes to that service; key `"own"`;
# 2. what is tagged `shared` is split among the services **by use**: each bears the share that it has in all that is owned
#    (own costs of 60, 30 and 10 bear 60, 30 and 10 % of each shared resource); key `"use"`;
# 3. what names no owner goes to the service `"shared"`, whole: nobody's yet, and everybody can see how much; key `"none"`.
#    So does what is tagged `shared`, if no service owns anything to split it by: service `"shared"`, key `"none"`.
#
# **Mind the word.** The *tag* `shared` means "for all", and is split. The *service* `"shared"` in your answer means
# "nobody's so far": that is what the simulator calls it.
#
# It must add up to the bill to the penny: so nothing is dropped, nothing counts twice, nothing is rounded. The first half
# is written: it parts the bill in three. (Some lines have no `ResourceId`: which? `groupby` would leave those out without
# `dropna=False`.) The second half is yours. On two of the marking's four bills no service owns anything.

# %%
if "allocate" not in globals():  # so that later cells run even if yours stops
    allocate = ...


# %% answer="allocate"
def allocate(billing):
    """Return service, ResourceId, cost_gbp and key: whose the bill is, and by what rule."""
    owner = billing["Tags"].map(lambda text: json.loads(text).get("owner", ""))
    rows = billing.assign(service=owner).groupby(["service", "ResourceId"], dropna=False)["EffectiveCost"].sum()
    rows = rows.rename("cost_gbp").reset_index()
    own = rows[~rows["service"].isin(["", "shared"])].assign(key="own")
    common, nobodys = rows[rows["service"] == "shared"], rows[rows["service"] == ""]
    # 1. use: the sum of own by service. For each service a copy of common (assign), with its name and its share of cost
    # 2. pd.concat of own, the copies (common itself, if there are none) and nobodys, each with its service and its key
    ### BEGIN SOLUTION
    use = own.groupby("service")["cost_gbp"].sum()
    shares = (use / use.sum()).items()
    copies = [common.assign(service=name, cost_gbp=common["cost_gbp"] * share, key="use") for name, share in shares]
    rest = pd.concat([nobodys] if copies else [nobodys, common]).assign(service="shared", key="none")
    return pd.concat([own, *copies, rest], ignore_index=True)
    ### END SOLUTION


# %%
try:
    tried = allocate(tagged_bill)
    print(f"Allocated: £{tried['cost_gbp'].sum():,.2f}. The bill: £{tagged_bill['EffectiveCost'].sum():,.2f}.")
    shown = tried.groupby(["service", "key"])["cost_gbp"].sum().round(2).to_frame()
except Exception as problem:
    shown = f"Not yet: {type(problem).__name__}: {problem}"
shown

# %% check="allocate"
check("m10.allocate", allocate)

# %% [markdown]
# **What the key does.** Below, the simulator's reference allocation of the same bill (which names no keys) beside the
# finance office's division by three. The services here also bear what is nobody's, as they bear the rest: the unused part
# of the commitment, and days before the tags, less the credit.

# %%
allocation = sim.practices.allocate_by_tags()(tagged_bill)
cost = allocation.groupby("service")["cost_gbp"].sum()
own = cost[SERVICES]
told = pd.DataFrame(
    {"divided by three": own * 0 + cost.sum() / 3, "own, and shared by use": own * cost.sum() / own.sum()}
)
sim.plots.spend.showback(told, what="Cost of the half year (£)", heading="By thirds, one service looks cheap")

# %%
if flattered_by_thirds is not ...:
    print(f'You predicted that the division by three flatters "{flattered_by_thirds}".')
by_thirds_each = cost.sum() / 3 / tagged.daily.groupby("service")["decided"].sum()
print("A decision, divided by three: " + ", ".join(f"{name} £{gbp:.2f}" for name, gbp in by_thirds_each.items()))

# %% [markdown]
# By thirds, triage looks far cheaper than it is. And the forecast, which decides only forty times a day, looks far the
# dearest per decision: it would be closed first, and in all it costs the least of the three. (Least in all need not be
# least by the decision, as part 4 will show.) But are the other bars *true*? The GPU notebooks were everybody's, and the key puts most of them to triage because triage has the largest machines. (Whose
# tuning jobs ran there, the bill does not say.) The next table has what each service owns alone, and then what three keys
# make of what is shared. It leaves out what names no owner, and so adds up to less than the bars.
# *A key is an agreement. State it, and say whom it favours.*

# %%
for_all = [asset.name for asset in estate if asset.requested_by == "shared"]
alone = allocation[~allocation["ResourceId"].isin(for_all)].groupby("service")["cost_gbp"].sum()[SERVICES]
pot = own.sum() - alone.sum()
decided = tagged.daily.groupby("service")["decided"].sum()
keys = pd.DataFrame(
    {
        "own alone": alone,
        "shared by use": own,
        "by decisions": alone + pot * decided / decided.sum(),
        "evenly": alone + pot / 3,
    }
)
print(f"Not in the table: £{cost['shared']:,.0f} that names no owner.")
keys.round(0).astype(int)

# %% [markdown]
# ### 4. Unit cost, down to an accurate decision
#
# (Thirteen minutes.) A service that costs more may do more. `unit_cost(allocation, daily)` is given an allocation as above,
# with a row or more for each service and perhaps for `"shared"`, and the days: `service`, `decided` (how many were
# decided that day) and `right` (how many of them rightly). Return a data frame with one row for each service, its name
# the index, and two columns:
#
# - `per_decision`: pounds for each decision, **all** of the bill included. What is `"shared"` is borne in proportion to what
#   each service was allocated;
# - `per_accurate`: pounds for each right decision.
#
# Divide sums by sums, and do not round. A service that was never right must not stop it, nor a bill without `"shared"`.

# %%
if "unit_cost" not in globals():  # so that later cells run even if yours stops
    unit_cost = ...


# %% answer="unit"
def unit_cost(allocation, daily):
    """Return per_decision and per_accurate, GBP, by service."""
    cost = allocation.groupby("service")["cost_gbp"].sum()
    counts = daily.groupby("service")[["decided", "right"]].sum()
    # 1. own: cost without the entry "shared", if there is one; made larger or smaller, so that it adds up to all of cost
    # 2. divide it by each of the counts; pandas divides service by service
    ### BEGIN SOLUTION
    own = cost.drop("shared", errors="ignore")
    borne = own * cost.sum() / own.sum()
    return pd.DataFrame({"per_decision": borne / counts["decided"], "per_accurate": borne / counts["right"]})
    ### END SOLUTION


# %%
try:
    shown = unit_cost(allocation, tagged.daily).round(3)
except Exception as problem:
    shown = f"Not yet: {type(problem).__name__}: {problem}"
shown

# %% check="unit"
check("m10.unit", unit_cost)

# %% [markdown]
# That is what this department paid, to the penny. Would others like it pay as much? Three more worlds, with your function,
# and an interval for their mean (95 %, by Student's t; it takes some five seconds):

# %%
worlds = [sim.simulate(department, as_it_was.replace(tag=tagging), seed=seed, instant=True) for seed in range(21, 24)]
try:
    each = [unit_cost(sim.practices.allocate_by_tags()(one.billing), one.daily) for one in worlds]
    by_service = pd.concat(each, keys=range(len(each))).groupby(level=1)
    mean, half = by_service.mean(), by_service.sem() * stats.t.ppf(0.975, len(each) - 1)
    ours = unit_cost(allocation, tagged.daily)
    shown = pd.concat({"ours": ours, "mean": mean, "low": mean - half, "high": mean + half}, axis=1).round(2)
except Exception as problem:
    shown = f"Not yet: {type(problem).__name__}: {problem}"
for k, one in enumerate(worlds, start=1):
    dearest = one.billing.groupby("ResourceId")["EffectiveCost"].sum().nlargest(2)
    print(f"World {k}, dearest:", ", ".join(f"{name} £{gbp:,.0f}" for name, gbp in dearest.items()))
shown

# %% [markdown]
# The intervals are wide because there are only three worlds, and one is unlike the others: in two, notebooks are the
# dearest thing by far, as in ours; in the third no job was left running there, and the answers are. So the interval is for
# what such departments come to on average, and is no doubt about our own bill, which is known to the penny. *Ours* lies
# within it here; it need not. **For the memo:** your own unit cost, and the interval as the mean of departments like yours.
#
# And a forecast is "right" when it comes close enough, which is harder than a yes or a no: unit costs compare a service with
# itself over time, hardly ever two services with one another.
#
# Now let three practices compete, in four worlds and by three measures (half a minute or more). Each is set against
# *nothing done*: an empty playbook, without the tags and the commitment of `as_it_was` above. What a decision costs there,
# in the first of the four worlds, stands above the table, so that you see what the effects are added to:

# %%
nothing = sim.Playbook()
practices = {
    "nothing done": nothing,
    "a gate for records (m03)": nothing.replace(validate=sim.practices.validation_gate()),
    "people see doubtful cases": nothing.replace(decide=sim.practices.refer_uncertain()),
    "smaller machines (m11)": nothing.replace(size=sim.practices.right_size()),
}
effects = sim.compare(department, practices, seeds=range(31, 35), instant=True)
effects = effects[effects["service"] == "all"].set_index(["playbook", "measure"])


def said(row):
    """Write an effect and its interval, in pounds, or in pence where it is small."""
    ends = [row[end] for end in ("effect", "low", "high")]
    small = abs(row["effect"]) < 5
    middle, low, high = (f"{100 * x:+.1f}p" if small else f"{'-' if x < 0 else '+'}£{abs(x):,.0f}" for x in ends)
    return f"{middle} ({low} to {high})"


ranked = ["cost_per_decision_gbp", "cost_per_accurate_decision_gbp", "net_public_value"]
card = sim.simulate(department, nothing, seed=31, instant=True).scorecard().set_index(["measure", "service"])["value"]
level, accurate = (100 * card[measure, "all"] for measure in ranked[:2])
print(f"Nothing done, first world: {level:.1f}p a decision, {accurate:.1f}p an accurate one.")
effects.loc[(slice(None), ranked), :].apply(said, axis=1).unstack()[ranked].reindex(list(practices)[1:])

# %% [markdown]
# These count all spend, staff and caseworkers too. Read the columns one after another:
#
# - **A decision**: smaller machines win; a gate hardly matters; people are by far the dearest, and more than double it.
# - **An accurate decision**: smaller machines still lead. But the gate, which hardly mattered before, saves something now,
#   since it makes decisions right rather than cheap. Look at its interval: all of it is below nought. Had it spanned
#   nought, four worlds would be too few to say that the gate saves.
# - **Public value**: the gate gains most, as feeds go wrong in these worlds; and people who see doubtful cases, by far the
#   last in both columns before, gain more than smaller machines do. A wrong refusal costs a household far more than it
#   costs to have somebody look, and no unit cost has that in it.
#
# *Cost per decision rewards doing it cheaply, wrong ones included. Cost per accurate decision rewards getting it right, as if
# all errors weighed alike. Neither is a target to be ranked by alone.*
#
# ### 5. Does showing it pay?
#
# (At home, before the memo: ten minutes, a minute's wait among them.) Three departments for a year: nobody looks;
# everything is tagged and the bill is divided by three; or owners are shown their own, resource by resource. An owner who is
# shown something of theirs that is of use to nothing switches it off when somebody has two hours. This time taking up a
# practice costs weeks and money.


# %%
def by_thirds(billing):
    """Divide the bill by three, and name no resource."""
    return pd.DataFrame({"service": SERVICES, "cost_gbp": billing["EffectiveCost"].sum() / 3})


tags = nothing.replace(tag=sim.practices.tag_by_owner())
ways = {
    "nobody looks": nothing,
    "tags, divided by three": tags.replace(allocate=by_thirds),
    "tags, own and shared by use": tags.replace(allocate=sim.practices.allocate_by_tags()),
}
year = department.replace(quarters=4)
shown = sim.compare(year, ways, seeds=range(21, 24))
shown = shown[shown["service"] == "all"].set_index(["playbook", "measure"])
wanted = ["tag_coverage", "allocation_error", "spend_gbp"]
table = shown.loc[(slice(None), wanted), ["effect", "low", "high", "unit"]].reindex(wanted, level=1)
unseen, one = (sim.simulate(year, ways[way], seed=21) for way in ("nobody looks", "tags, own and shared by use"))
cards = [world.scorecard().set_index(["measure", "service"])["value"] for world in (unseen, one)]
before, now = (card["allocation_error", "all"] for card in cards)
print(f"Shown to the wrong service in one of these worlds: {before:.0%} when nobody looks, {now:.0%} by own and use.")
table.assign(**{end: table[end].round(2) + 0.0 for end in ("effect", "low", "high")})

# %% [markdown]
# (Effects, against *nobody looks*, where finance divides by three as ever: so an effect of 0.00 on `allocation_error` means as
# wrong as before, not without error. It is the share of the cost that is shown to another service than the one that caused
# it; the line above the table has its level.) Tags with a bill by thirds cost money and save nothing: everybody is told a
# sum, and nobody for what. With their own bill, people clear what does no work at all. What did that take, and does it
# pay? The table has the fees in it and no hours, since those people are paid in any case; the next cell prices their hours.

# %%
cleared = one.journal[one.journal["kind"] == "cleared"]
print("Cleared:", ", ".join(f"{name} (day {day:.0f})" for name, day in cleared[["subject", "day"]].to_numpy()))
by_name = one.billing.groupby(["ResourceId", one.billing["ChargePeriodStart"].str[:7]])["EffectiveCost"].sum().unstack()
kept = by_name.fillna(0).drop(index=cleared["subject"], errors="ignore")
for name in (kept.max(axis=1) - kept.min(axis=1)).nlargest(2).index:
    least, most = kept.loc[name].min(), kept.loc[name].max()
    print(f"Not cleared: {name}, £{least:,.0f} in its cheapest month and £{most:,.0f} in its dearest.")
hours = one.people.groupby("kind")["hours"].sum()
team = next(team for team in year.staff.teams if team.discipline == "finops")
hourly = team.pay_gbp * year.staff.on_cost / (220 * 7.4)
fees = sum(sim.decisions.POINTS[name].effort_gbp for name in ("tag", "allocate"))
once = hours[["take up tag", "take up allocate", "tag resource", "clear idle resource"]].sum() * hourly + fees
monthly = hours["showback"] * hourly
less = unseen.daily.groupby("day")["cloud_gbp"].sum() - one.daily.groupby("day")["cloud_gbp"].sum()
whole = unseen.daily["cloud_gbp"].sum(), unseen.daily["spend_gbp"].sum()
second = 4 * less.loc[274:].sum()
in_all = [less.sum() - once - monthly, less.sum() + second - once - 2 * monthly]
after = [f"{'-' if gbp < 0 else '+'}£{abs(gbp):,.0f}" for gbp in in_all]
cash = whole[1] - one.daily["spend_gbp"].sum()
print(f"Spend in this world, as the table counts it: £{cash:,.0f} less. With hours:")
print(f"Hours at £{hourly:.0f} and fees of £{fees:,.0f}: £{once:,.0f} once, and £{monthly:,.0f} a year.")
print(
    f"First year: £{less.sum():,.0f} saved, {less.sum() / whole[0]:.1%} of the cloud bill, {less.sum() / whole[1]:.1%} of all spend."
)
print(f"Second year, at the pace of the last quarter: £{second:,.0f} saved.")
print(f"In all, after one year {after[0]}, after two {after[1]}.")
if pays_within_a_year is not ...:
    print(f'You predicted that it pays within a year: "{pays_within_a_year}".')

# %% [markdown]
# Two answers, then, and both are right. No more leaves the bank than before, less in fact: the fees are soon saved. But
# people spent hours on it, and had other things to do; priced at their pay, those are more than what a first year saves by
# what owners clear. In the second, when tags exist and what was cleared stays away, little is left to pay for. *Say which of
# the two you mean.* (That is one world; the same clutter lies about in all of them. Yours has other clutter.)
#
# **And what stays?** An owner here acts on what has done no work for four weeks (machines outside production; disks and
# addresses anywhere): their own, or what is shared and shown to them in part, whoever sees it first. How dear it has become
# plays no role. A runaway job or a forgotten machine stands on the bill under the name of something that works day by day,
# notebooks or tests; so it looks busy, and it stays, even where it has an owner who is shown it by name. In life, an owner whose tests cost many times what they did might ask; this model
# does not reckon with that, and makes showback look worse for it. Such things take an alert within days (`watch_spend`);
# and smaller machines (`size`, part 4) make everything cheaper, forgotten or not.
#
# **A second claim**, from the same pages, is a quotation: FinOps brought costs down by 25 %; it does not say which costs. Your
# last cell says what showback alone did here, of the cloud bill and of all spend. *Seeing cost saves little by itself. It
# says where to look, whom to ask, and afterwards whether it helped.*

# %% [markdown] section="reflect" minutes=10
# ## Reflect
#
# ### Your memo to the finance director
#
# For home, after part 5: some 25 minutes, at most 250 words. She asked which service is too dear, and whether to charge the
# services from next April. All your numbers are in the cells above. A person marks it:

# %% [markdown] rubric="memo"
# | What the marker looks for | Points |
# |---|---|
# | Says where the money went, by environment and by what, and that the division by three misled, with numbers | 1 |
# | Gives unit costs per accurate decision, with an interval, and says what may not be read from them | 1 |
# | States the key for what is shared, whom it favours, and what names no owner yet | 1 |
# | Recommends showback or chargeback by what it will make people do, with its cost and saving; claims no more than was seen | 1 |
# | Asks for one decision, names who does what by when (invent them), in words for finance, within 250 words | 1 |

# %% [markdown] written="memo"
# ### BEGIN SOLUTION
# **To the finance director: what our AI services cost, and whom to tell**
#
# From April to September the cloud cost £79,000, and the monthly bill more than doubled. No service is to blame: half of
# the bill is development, nearly all of that GPU machines for notebooks: two in April, 34 now, on forgotten jobs.
# Forgotten machines also fill the year's commitment, so its use looks perfect. Please have them stopped today.
#
# Dividing by three showed each service at £26,000. By owner, with shared cost by use, triage bears some £52,000, the
# assistant £23,000, the forecast £4,000. That key favours services with small machines; split by decisions, the assistant
# bears far more. About 7 % names no owner yet.
#
# An accurate decision cost us 90p in triage and 22p in the assistant; departments like ours average 40p to £1.10, and 2p
# to 40p, by three simulations. Do not compare services by this: being right is harder for a forecast. Nor does it hold what an error
# costs a household.
#
# I recommend showback for a year, not chargeback. In simulation owners cleared what was plainly idle: £3,500 in the
# first year, for £5,000 once and £900 a year, nearly all of it our people's hours, so that it pays in the second. Chargeback now would put the notebooks on
# people who did not start the jobs, and they would save on tests first.
#
# **Decision asked:** approve monthly showback from 1 November, with this key. Ms Okafor sends it; heads of service answer
# within ten days; we review chargeback next October.
# ### END SOLUTION

# %% [markdown] insert="quiz"
# ### Five questions of judgement
#
# There is no formula here; there is an option that holds up best.

# %% [markdown]
# ### What this model leaves out
#
# - Owners here clear what is shown to them, and are right about it. Real ones are on leave, or afraid of what hangs on
#   it; real tags go stale with the next reorganisation.
# - Nobody plays with the key, hoards, or leaves a shared service, as people under chargeback do.
# - One provider, one currency, no tax, no negotiated prices, no marketplace; a purchase that is paid up front would set
#   BilledCost and EffectiveCost apart by far more.
# - What people cost is not allocated at all, and it is more than two fifths of all spend.
#
# ### On Monday
#
# 1. Ask for last month's bill, line by line, in FOCUS columns if your provider has them (the large ones do).
# 2. What share of it names no owner? Of production, and of the rest?
# 3. Find the largest thing in development, and ask who would miss it.
# 4. How is shared cost split today, who agreed to that, and whom does it favour?
#
# ### Further reading
#
# - *FinOps Open Cost and Usage Specification* (FOCUS), focus.finops.org: the columns, and use cases as SQL.
# - J. R. Storment and Mike Fuller, *Cloud FinOps*, O'Reilly, second edition 2023: chapters on tags, allocation, chargeback.
# - HM Treasury, *Managing Public Money*: budgets, delegations, and charging between public bodies.
# - Charles T. Horngren and others, *Cost Accounting*: allocation of support and common cost, much older than clouds.
