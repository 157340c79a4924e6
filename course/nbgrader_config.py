"""Settings for nbgrader's own commands; run them in this folder."""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821 - nbgrader provides it

HERE = Path(__file__).resolve().parent

# nbgrader calls alembic by name, so the environment that runs it must be on the path even when it is not activated.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])

c.CourseDirectory.course_id = "trinity"
c.CourseDirectory.root = str(HERE)
c.CourseDirectory.db_url = f"sqlite:///{HERE / 'gradebook.db'}"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", ".trinity", "*-clean-*.ipynb"]

# A stub that runs: a cell that nobody has touched earns nothing, and stops nothing that follows.
c.ClearSolutions.code_stub = {"python": "# YOUR ANSWER HERE, in place of the three dots\n..."}
c.ClearSolutions.text_stub = "*YOUR ANSWER HERE, in place of this line.*"

# A learner's code runs in a jail, and its marks are made outside. A cell that hangs is interrupted and loses its own
# marks; the rest of the notebook is still marked.
c.Autograde.sanitize_preprocessors = [
    "autograder.marks.restoring.Restore",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "autograder.marks.preprocessor.JailedExecute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
    "autograder.marks.preprocessor.KeepTrail",
]
c.ExecutePreprocessor.timeout = 300
c.OverwriteCells.add_missing_cells = True

# Feedback pages are read offline: one style, nothing loaded from anywhere. Said of the feedback's own exporter alone,
# because the page on which a teacher marks (formgrader) needs nbgrader's template.
c.GenerateFeedback.HTMLExporter.template_name = "feedback_page"
c.GenerateFeedback.HTMLExporter.extra_template_basedirs = [str(HERE / "templates")]
c.CsvExportPlugin.to = str(HERE / "grades.csv")
