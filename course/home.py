"""The home page: what there is to do, how long it takes, what it is worth, and how to hand it in."""

from __future__ import annotations

from autograder.report import amount
from autograder.syllabus import Module, Syllabus

WELCOME = """\
You are about to run a public-sector AI programme. Its data goes bad, its models drift, its cloud bill climbs and its
staff are few. In each lesson you read the programme's own records, write one practice as a small piece of code, put it
into the simulator, and watch what changes for the people it serves.

Nothing here can be broken: every run starts from the same world, and a clean copy of a lesson is always to be had.
"""

EXERCISES = "Short pieces of graded code, for practice: no quiz and no prose."

HELP = """\
## How a lesson works

1. **Open it** with a click on its title above. Read from the top, and run each cell with <kbd>Shift</kbd> +
   <kbd>Enter</kbd>.
2. **Predict** before you run. A wrong guess that you wrote down teaches more than a right one that you read.
3. **Write your answer** where a cell says *YOUR ANSWER HERE*, run that cell, then run the check below it. The check
   says what was tried, what happened, what was wanted, and a next step. Try as often as you like.
4. **Save** with <kbd>Ctrl</kbd> + <kbd>S</kbd> (<kbd>Cmd</kbd> + <kbd>S</kbd> on a Mac). Your notebook is yours:
   nothing here overwrites it.

## Hand it in

**In a class**, save, and hand in `{example}` as your teacher tells you.

**On your own**, open a terminal (File, New, Terminal) and mark your work as a teacher would. It takes one to three
minutes, and your notebook stays as it is.

```sh
trinity course mark {first}
```

Then open `{first}/feedback.html` in the list of files on the left. Prose is marked by a person: hold yours against its
rubric. If the terminal does not know `trinity`, run `source ../.venv/bin/activate` there first.

## Start again

In a terminal, `trinity course reset {first}` puts a clean copy beside your own and leaves yours as it is.
"""


def page(syllabus: Syllabus) -> str:
    """Write the home page.

    Parameters
    ----------
    syllabus : Syllabus
        The course.

    Returns
    -------
    str
        Markdown, with a link to each lesson.
    """
    first = next(iter(syllabus.modules))
    forms = {"lesson": "## Lessons", "exercise": "## Exercises\n\n" + EXERCISES}
    listed = ""
    for form, heading in forms.items():
        there = "\n".join(_lesson(name, module) for name, module in syllabus.modules.items() if module.form == form)
        listed += f"{heading}\n\n{there}\n" if there else ""
    aid = HELP.format(first=first, example=f"{first}/{first}.ipynb")
    return f"# {syllabus.title}\n\n{WELCOME}\n{listed}{aid}"


def _lesson(name: str, module: Module) -> str:
    """One lesson: its title as a link, its time and worth, and what the learner will build."""
    takes = f"About {sum(module.minutes.values())} minutes · {amount(module.points())} points"
    objectives = "\n".join(f"- {objective}" for objective in module.objectives)
    link = f"### [{module.title}]({name}/{name}.ipynb)"
    return f"{link}\n\n{takes}\n\nYou will build {module.builds}.\n\n{objectives}\n"
