"""Growth is fitted rightly, and more of the same service is the same service several times."""

import numpy as np
import pytest

import sim
from benchmarks.__main__ import main
from benchmarks.growth import copies, exponent


def test_the_exponent_is_the_power_by_which_values_grow():
    sizes = np.array([2, 4, 8, 16])
    assert exponent(sizes, 3 * sizes**1.07) == pytest.approx(1.07)
    assert exponent(sizes, 40 + 3 * sizes**1.07) == pytest.approx(1.07)


def test_copies_have_machines_of_their_own_and_share_what_is_shared():
    one = sim.load_scenario("household-support").only("claims-triage")
    own = [r for r in one.estate if r.service == "claims-triage"]
    three = copies(one, 3)
    assert [s.name for s in three.services] == ["claims-triage-1", "claims-triage-2", "claims-triage-3"]
    assert len(three.estate) == len(one.estate) + 2 * len(own)
    for service in three.services:
        assert sum(r.service == service.name for r in three.estate) == len(own)
        assert service.model_copy(update={"name": "claims-triage"}) == one.services[0]


def test_an_unknown_part_is_refused_with_those_that_there_are():
    with pytest.raises(SystemExit, match="no benchmark 'sped'. There are: speed, start, growth, pairing, parallel"):
        main(["sped"])
