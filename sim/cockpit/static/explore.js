// Explore: move a lever, and the whole run is redrawn beside the one before.
import { h, fill } from "./dom.js";
import { leversPanel } from "./levers.js";
import { resultsPanel } from "./results.js";
import { runsPanel } from "./runs.js";

// What stays in sight when the page is scrolled; a narrow page keeps the first two.
const FIRST = ["Spend", "Equity gap", "Net public value", "Right decisions"];

export function explore(model, send) {
  const world = model.get("world");
  const status = h("p", { class: "status", role: "status" });
  const bar = h("progress", { max: world.quarters, value: 0, "aria-label": "Quarters played" });
  let choices = { ...model.get("choices") };
  const show = (now) => {
    choices = { ...now };
    levers.show(choices);
    for (const { set, button } of sets) button.setAttribute("aria-pressed", String(same(set, choices)));
  };
  const choose = (next) => { show(next); send({ do: "choose", choices }); };
  const levers = leversPanel(model.get("levers"), world.services.filter((one) => world.chosen.includes(one.name)), choose);
  const results = resultsPanel(world.start);
  const sets = Object.entries(world.presets).map(([name, set]) => ({ set, button: h("button", { type: "button", "data-preset": name, onclick: () => choose({ ...set }) }, name[0].toUpperCase() + name.slice(1)) }));
  const presets = h("div", { class: "presets", role: "group", "aria-label": "Set all levers" }, sets.map((one) => one.button));
  const brief = h("span", { class: "brief", "aria-hidden": "true" });
  let held = false;
  const pin = h("button", { type: "button", class: "pin", "aria-pressed": "false", title: "Compare every further run with this one, and not with the one before", onclick: () => send({ do: "pin", held: !held }) }, "Compare with this run");
  const undo = h("button", { type: "button", class: "step undo", "aria-disabled": "true", title: "Take the newest move back", onclick: () => undo.getAttribute("aria-disabled") === "true" || send({ do: "undo" }) }, "Undo");
  const compared = h("span", { class: "compared", role: "status" });
  const list = runsPanel(send, choose);
  const why = h("ul", { class: "card why small", "aria-label": "What else the move changed, and by what", hidden: true });
  const [tiles, ...others] = results.parts;
  const element = h("div", { class: "cockpit-grid" },
    h("section", { class: "card levers", "aria-label": "Levers" },
      h("div", { class: "between" }, h("h2", {}, "Levers"), h("span", { class: "hint" }, h("i", { class: "reference" }), " reference · moved: not as today")),
      presets, levers.panel),
    h("section", { class: "results", "aria-label": "Results" }, h("div", { class: "advance" }, status, bar, undo, pin, brief, compared), purpose(world), tiles, why, list.card, others));
  return {
    element,
    choices: show,
    view(view) {
      if (!view.charts) return;
      results.show(view);
      levers.inForce(world.start, view.in_force, view.complete);
      bar.value = view.played;
      if (view.complete) fill(why, view.why.map((words) => h("li", {}, words)));
      why.hidden = !why.childElementCount;
      why.classList.toggle("stale", !view.complete);
      fill(brief, FIRST.map((name) => view.tiles.find((item) => item.name === name)).filter(Boolean).map((item) => h("span", {}, `${item.name} `, h("b", {}, item.text.replace("-", "−")))));
      held = view.held;
      pin.setAttribute("aria-pressed", String(held));
    },
    runs(now) {
      if (!now.rows) return;
      list.show(now.rows);
      undo.setAttribute("aria-disabled", String(!now.undo));
      compared.textContent = now.compared;
      levers.costs(now.costs);
    },
    status(now) {
      if (now.state === "playing" && String(now.move) !== element.dataset.move) bar.value = 0;
      status.textContent = now.text;
      element.dataset.state = now.state;
      element.dataset.move = now.move;
    },
  };
}

function same(one, other) {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

function purpose(world) {
  return h("details", { class: "card purpose", open: true }, h("summary", {}, "What this is"),
    h("p", {}, world.description),
    h("p", {}, `Levers say how the programme is run. Move one, and its ${world.quarters} quarters are played again from the first day; the figures say what it did to public value, to fairness between groups of people, and to the budget. A gold ring is what a well-run programme does when it does all of it; alone, such a practice may cost more than it brings. To decide quarter by quarter, within a budget, press Play.`));
}
