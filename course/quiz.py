"""The cells of a quiz: a question, a place for one letter, and the check; the key stays in the course."""

from __future__ import annotations

from autograder.quiz import Quiz
from course import cell
from course.cell import Cell


def cells(module: str, quiz: Quiz, points: float) -> list[Cell]:
    """Return three cells for each question.

    Parameters
    ----------
    module : str
        For instance ``"m09"``.
    quiz : Quiz
        Its questions.
    points : float
        For each.

    Returns
    -------
    list of Cell
        The best option stands in a solution region, which nbgrader takes out of the learner's notebook.
    """
    built = []
    for number, question in enumerate(quiz.questions, 1):
        name = f"quiz{number}"
        options = "\n".join(f"- **{letter}**: {option.text}" for letter, option in question.options.items())
        built.append(cell.prose(f"### Question {number}\n\n{question.ask.strip()}\n\n{options}", fixed=True))
        choice = f'    ### BEGIN SOLUTION\n    "{question.answer}"\n    ### END SOLUTION'
        built.append(
            cell.answer(module, name, f'{name} = (  # one letter in quotation marks, such as "a"\n{choice}\n)')
        )
        built.append(cell.test(module, name, f'check("{module}.{name}", {name})', points))
    return built
