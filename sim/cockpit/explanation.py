"""What a lever decides, for people who write no code; where nothing stands here, the decision point's own words do."""

EXPLANATIONS: dict[str, str] = {
    "validate": "Each night's records pass a gate before the model sees them. What it does not keep waits in "
    "quarantine.",
    "repair": "After the gate, small faults in each night's records can be mended. What comes out is what the "
    "model sees and what is stored.",
    "watch_data": "Each night's records are looked over as they came. When they look unusual, a person of the "
    "data team looks, which takes hours, and finds whatever is wrong with the service's feeds, or that nothing "
    "is. Nobody looks again while a look is under way, while a known fault is being mended, or for a week "
    "after a false alert.",
    "protect": "After gate and repair, each night's records can be made less telling. What comes out is what "
    "the model sees, what is stored and what later models learn from; records stored before stay as they were. "
    "In a breach, whoever is stored under their true number is identified; of the others, those whose age, "
    "rent and the like tell them apart.",
    "retrain": "When a model is trained anew. That takes a person's time, computing, and days until its "
    "release; it learns from the cases whose outcome is known by then.",
    "decide": "Each night, cases of which the model is unsure can go to a caseworker, who is right more often, "
    "is paid for each, and has only so many hours: what comes on top of that waits.",
    "train": "How a model is made of cases whose outcome is known: four in five to learn from, the fifth to "
    "measure it by. It reads records as they were delivered, gaps and all. A method that takes more computing "
    "costs more.",
    "promote": "Whether a candidate that has been trained and tested is released. One that is not is never used.",
    "roll_back": "In the four weeks after a release, whether the version before comes back. It is back at once "
    "while a blue-green release keeps it warm, in hours where versions are kept, and else when people have "
    "rebuilt it. Then somebody looks into the release, and mends and releases it again if its code was at "
    "fault.",
    "scale": "How many machines serve the model each night. Too few leave records waiting until the next "
    "night; each costs its hours. Where new machines take some nights to come, a rule that follows the last "
    "night is late for a jump.",
    "size": "Every four weeks, how large each machine is. One too small makes work take longer; one too large "
    "is paid for and idle; one that is off at night, or shared, lets work wait.",
    "watch_spend": "Each evening the bill is looked over. When it is unusual, a person looks, which takes "
    "hours, and stops whatever runs for nobody.",
}
"""By decision point."""
