"""The season at the shell: what is due, reports handed in, tasks, a calendar feed."""

from tests.support.fixtures import Shell

HOUSE = ("--enterprise", "demo")
YEAR = ("--year", "2026")
SHOW = ("season", "show", *HOUSE, "--json")


def test_a_season_from_the_plan_to_the_late_report(cli: Shell) -> None:
    season = cli(*SHOW, "--today", "2026-11-26").json
    assert (season["year"], season["start"]) == (2026, "2026-12-31")
    first = season["earliest"]
    assert (first["date"], first["template"]) == ("2027-03-31", "legal")
    assert "第三十五条" in first["citation"]
    assert first["left"] == {"days": 125, "workdays": 88, "provisional": True}
    assert [(one["track"], one["state"]) for one in season["tracks"]] == [
        ("licence", "on_time"),
        ("code_number", "on_time"),
    ]
    days = {(one["template"], one["date"], one["level"]) for track in season["tracks"] for one in track["deadlines"]}
    assert {("guide", "2027-03-15", "guide"), ("guide", "2027-04-30", "guide"), ("guide", "2027-06-30", "guide")} < days
    codes = [one["code"] for one in season["risk_flags"]]
    assert codes == ["no_licence", "templates_conflict", "calendar_provisional"]
    assert [one["name"] for one in season["milestones"]] == ["前置自查", "数据治理", "材料固化", "现场演练", "整改闭环"]
    assert {one["task"]: one["state"] for one in season["tasks"]}["portrait"] == "ahead"


def test_a_late_report_and_what_people_say(cli: Shell) -> None:
    now = {"NIANJIAN_TODAY": "2027-04-01"}
    late = cli(*SHOW, **now).json
    assert {(one["state"], one["light"]) for one in late["tracks"]} == {("late", "red")}
    flag = late["risk_flags"][0]
    assert flag["code"] == "late_report"
    assert not any(sign in flag["text"] for sign in ("%", "％")), "a text, no probability"
    filed = cli("season", "file", *HOUSE, *YEAR, "--track", "licence", "--json", **now).json
    assert [one["state"] for one in filed["tracks"]] == ["filed_late", "late"]
    task = ("season", "task", *HOUSE, *YEAR, "entry_test", "--owner", "王工", "--done", "2027-04-01")
    assert cli(*task, "--json", **now).json["error"]["code"] == "entry_test_by_picture"
    assert "王工" in cli("season", "show", *HOUSE, **now).out
    assert cli("season", "feed", *HOUSE, "--add", "--json").json["error"]["code"] == "season_feed_by_person"


def test_the_log_of_reminders(cli: Shell) -> None:
    assert cli("season", "reminders", *HOUSE, "--json").json == {"reminders": []}
    refused = cli("season", "reminders", *HOUSE, "--again", "9" * 5000, "--json").json
    assert refused["error"]["code"] == "dispatch_unknown"
