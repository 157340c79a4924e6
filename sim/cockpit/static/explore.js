// Explore: move a lever, and the whole run is redrawn beside the one before.
import { h } from "./dom.js";
import { leversPanel } from "./levers.js";
import { resultsPanel } from "./results.js";

export function explore(model, send) {
  const world = model.get("world");
  const status = h("p", { class: "status", role: "status" });
  const bar = h("progress", { max: world.quarters, value: 0, "aria-label": "Quarters played" });
  let choices = { ...model.get("choices") };
  const choose = (next) => { choices = next; levers.show(choices); send({ do: "choose", choices }); };
  const levers = leversPanel(model.get("levers"), choices, (name, option) => {
    const next = { ...choices };
    if (option.naive) delete next[name];
    else next[name] = option.key;
    choose(next);
  });
  const results = resultsPanel(world.start);
  const presets = h("div", { class: "presets", role: "group", "aria-label": "Set all levers" },
    Object.entries(world.presets).map(([name, set]) => h("button", { type: "button", "data-preset": name, onclick: () => choose({ ...set }) }, name[0].toUpperCase() + name.slice(1))));
  const element = h("div", { class: "cockpit-grid" },
    h("section", { class: "card levers", "aria-label": "Levers" },
      h("div", { class: "between" }, h("h2", {}, "Levers"), h("span", { class: "hint" }, h("i", { class: "reference" }), " reference practice")),
      presets, levers.panel),
    h("section", { class: "results", "aria-label": "Results" }, h("div", { class: "advance" }, status, bar), results.parts));
  return {
    element,
    choices(now) { choices = { ...now }; levers.show(choices); },
    view(view) {
      if (!view.charts) return;
      results.show(view);
      levers.inForce(world.start, view.in_force, view.complete);
      bar.value = view.played;
    },
    status(now) {
      status.textContent = now.text;
      element.dataset.state = now.state;
      element.dataset.move = now.move;
    },
  };
}
