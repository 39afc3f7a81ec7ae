"""A server that stops or is killed takes nothing with it, and the page goes on when it is back."""

from collections.abc import Callable
from pathlib import Path

from app_server import Server
from person import ACCEPT, REDO, REJECT, SERVER_AWAY, UNDO, Person, verdicts
from playwright.sync_api import expect

from sightline.project.project import Project


def test_undo_and_redo_reach_over_a_restart(
    newcomer: Callable[..., Person], server: Server, project: Path
) -> None:
    anna = newcomer().open(server.start())
    said = anna.judge_by_the_truth(4)
    anna.saved().page.close()
    link = server.restart()

    anna = newcomer().open(link)
    anna.is_told("4 of 58 decided")
    for left, (item, _) in zip((3, 2), reversed(said), strict=False):
        anna.press(UNDO).is_told(f"{left} of 58 decided").sees(item.removeprefix("mouse/"))
    anna.saved().page.close()
    assert verdicts(project) == dict(said[:2])
    link = server.restart()

    anna = newcomer().open(link)
    anna.is_told("2 of 58 decided").press(REDO).is_told("3 of 58 decided")
    anna.sees(said[2][0].removeprefix("mouse/"))
    anna.press(REDO).is_told("4 of 58 decided")
    anna.saved()
    assert verdicts(project) == dict(said)


def test_settings_answers_times_and_order_are_after_a_restart_what_they_were(
    newcomer: Callable[..., Person], server: Server, project: Path
) -> None:
    anna = newcomer().open(server.start())
    change_settings(anna)
    anna.judge_by_the_truth(3)
    anna.saved()
    before, journal = settings(anna), entries(project)
    anna.page.close()
    link = server.restart()

    anna = newcomer().open(link)
    assert settings(anna) == before
    assert before["Strategy"] == "cal"
    assert before["Target"] == "false-cells"
    assert entries(project) == journal
    assert len(journal) == 3


def change_settings(anna: Person) -> None:
    anna.press("Control+,")
    anna.tab_to(anna.choice("Strategy")).type("CAL")
    anna.tab_to(anna.page.get_by_label("Refit after")).type("4")
    anna.tab_to(anna.choice("Target")).type("few")
    expect(anna.page.get_by_role("spinbutton", name="false cells")).to_have_value("5")
    anna.press("Escape").wait()


def settings(anna: Person) -> dict[str, str]:
    """What the dialog shows, by label."""
    anna.press("Control+,")
    labels = anna.page.get_by_role("dialog").locator("label")
    expect(labels.first).to_be_visible()
    found = labels.evaluate_all(
        "all => all.map(one => [one.querySelector('span').textContent, one.control])"
        ".map(([name, control]) => [name, control.type === 'checkbox' ? String(control.checked)"
        " : control.value])"
    )
    anna.press("Escape")
    return dict(found)


def entries(project: Path) -> tuple[object, ...]:
    with Project.open(project).journal() as journal:
        return journal.entries()


def test_answers_given_while_the_server_is_away_are_kept_and_sent_once(
    anna: Person, server: Server, project: Path
) -> None:
    anna.expected.append(SERVER_AWAY)
    said = anna.judge_by_the_truth(3)
    anna.saved().rest()  # what comes next is here
    server.kill()
    anna.is_told("Connection lost")
    assert verdicts(project) == dict(said)
    said += [anna.judge(key) for key in (ACCEPT, REJECT, ACCEPT)]
    anna.is_told("3 answers kept here meanwhile")

    server.start()
    anna.is_told("Connected again.").saved()
    said += anna.judge_by_the_truth(2)
    anna.is_told("8 of 58 decided").saved()
    assert verdicts(project) == dict(said)
    assert len(entries(project)) == len(said) == len(dict(said))


def test_killed_between_an_answer_and_its_receipt_it_counts_once(
    anna: Person, server: Server, project: Path
) -> None:
    anna.expected.append(SERVER_AWAY)

    def arrive_but_not_come_back(route: object) -> None:
        route.fetch()
        route.abort()

    anna.page.route("**/api/decide", arrive_but_not_come_back, times=2)
    said = anna.judge(ACCEPT)
    anna.saved()
    server.kill()
    server.start()
    anna.is_told("Connected again.")
    assert verdicts(project) == dict([said])
    assert len(entries(project)) == 1


def test_a_tab_closed_with_unsaved_answers_is_asked_about_and_loses_none(
    anna: Person, newcomer: Callable[..., Person], server: Server, project: Path
) -> None:
    anna.expected.append(SERVER_AWAY)
    anna.rest()  # what comes next is here
    server.kill()
    anna.is_told("Connection lost")
    said = anna.judge(ACCEPT)
    asked: list[str] = []
    anna.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    with anna.page.expect_event("close"):
        anna.page.close(run_before_unload=True)
    assert asked == ["beforeunload"]

    link = server.start()
    again = Person(anna.page.context.new_page()).open(link)
    again.is_told("1 answer from before had not been saved; now being sent.", "1 of 58 decided")
    again.saved()
    assert verdicts(project) == dict([said])
