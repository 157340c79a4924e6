// What the board reads: the paper of the last quarter, and the final report.
import { h } from "./dom.js";
import { tile, scorecard, feed } from "./results.js";

export function paper(page, start, quarters) {
  return h("article", { class: "card paper", "aria-labelledby": "paper-title" },
    h("p", { class: "eyebrow" }, "Board paper"),
    h("h2", { id: "paper-title" }, `Quarter ${page.quarter} of ${quarters}`),
    h("div", { class: "tiles" }, page.tiles.map(tile)),
    h("div", { class: "below" },
      h("section", { "aria-label": "What is known to have happened" }, feed(page.feed, start, "", () => {}, "What we know happened")),
      h("section", { "aria-label": "Scorecard so far" }, scorecard({ scorecard: page.scorecard }, new Set(), "Scorecard so far"))));
}

export function briefing(game, world) {
  return h("article", { class: "card paper" },
    h("p", { class: "eyebrow" }, "Board paper"),
    h("h2", {}, "Before the first quarter"),
    h("p", { class: "prose" }, world.description),
    h("p", { class: "prose" }, `You have ${game.of} quarters. Each begins with a board: move the levers, within the quarter's money and your people's time, then play the quarter. What you take up comes into force when its work is done. There is no way back; at the end you will see what you were not told, and what might have been.`));
}

export function report(game) {
  return h("article", { class: "card paper final", "aria-labelledby": "report-title" },
    h("p", { class: "eyebrow" }, "Final report"),
    h("h2", { id: "report-title" }, "The programme is over"),
    game.report.map((sentence, place) => h("p", { class: place ? "prose" : "prose first" }, sentence)));
}
