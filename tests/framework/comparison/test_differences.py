"""What tells runs apart."""

from advspace.comparison.differences import called, differences

GAUSSIAN = {"seed": 0, "noise": {"plugin": "gaussian", "mean": "zero"}, "probe": {"plugin": "ladder", "draws": 10}}


def test_a_plugin_and_a_setting_differ():
    other = GAUSSIAN | {"seed": 1, "noise": {"plugin": "empirical", "mean": "zero"}}
    assert differences([GAUSSIAN, other]) == ["seed", "noise"]
    assert [called(other, key) for key in ("seed", "noise", "noise.mean")] == [1, "empirical", "zero"]


def test_settings_are_compared_among_the_runs_that_share_a_plugin():
    """Another plugin's other default is no difference of its own; the same plugin's is one."""
    other = GAUSSIAN | {"noise": {"plugin": "coin", "mean": "one", "sides": 2}}
    assert differences([GAUSSIAN, other]) == ["noise"]
    third = GAUSSIAN | {"noise": {"plugin": "coin", "mean": "one", "sides": 3}}
    assert differences([GAUSSIAN, other, third]) == ["noise", "noise.sides"]
    assert called(GAUSSIAN, "noise.sides") is None


def test_where_runs_are_logged_and_kept_is_no_difference():
    assert (
        differences([{"cache": "a", "tracking": {"mode": "off"}}, {"cache": "off", "tracking": {"mode": "auto"}}]) == []
    )
    assert differences([]) == []
