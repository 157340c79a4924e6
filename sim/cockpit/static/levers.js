// The levers: a native slider for each decision point, with a stop for each of its positions.
import { h, fill } from "./dom.js";
import { pounds, days, date } from "./format.js";

export function leversPanel(groups, choices, moved) {
  const rows = new Map();
  const panel = h("div", { class: "groups" }, groups.map((group, place) => block(group, place === 0, rows, choices, moved)));
  return {
    panel,
    show(now) { for (const row of rows.values()) row.show(now); counts(panel, groups, now); },
    inForce(start, dates, whole) { for (const [name, row] of rows) row.inForce(start, dates[name], whole); },
    focus(name) { rows.get(name)?.input.focus(); },
  };
}

function block(group, open, rows, choices, moved) {
  const count = h("span", { class: "count" });
  const body = group.levers.map((lever) => {
    const row = single(lever, choices, moved);
    rows.set(lever.name, row);
    return row.element;
  });
  return h("details", { class: `group ${group.discipline}`, open, "data-discipline": group.discipline },
    h("summary", {}, h("span", {}, group.title), count), h("div", { class: "rows" }, body));
}

function counts(panel, groups, now) {
  for (const group of groups) {
    const taken = group.levers.filter((lever) => now[lever.name]).length;
    panel.querySelector(`[data-discipline=${group.discipline}] .count`).textContent = `${taken} of ${group.levers.length}`;
  }
}

function single(lever, choices, moved) {
  const last = lever.options.length - 1;
  const id = `lever-${lever.name}`;
  const value = h("output", { class: "position", "aria-hidden": "true" });
  const cost = h("p", { class: "cost", id: `${id}-cost` });
  const force = h("span", { class: "force" });
  const about = h("p", { class: "about", id: `${id}-about`, hidden: true }, lever.about);
  const input = h("input", { type: "range", id, min: 0, max: last, step: 1, "aria-describedby": `${id}-cost`, "data-lever": lever.name });
  const stops = h("span", { class: "stops", "aria-hidden": "true" }, lever.options.map((option) => h("i", { class: option.reference ? "reference" : null })));
  const more = h("button", { type: "button", class: "more", "aria-expanded": "false", "aria-controls": `${id}-about`, "aria-label": `What ${lever.title.toLowerCase()} does` }, "?");
  more.addEventListener("click", () => {
    about.hidden = !about.hidden;
    more.setAttribute("aria-expanded", String(!about.hidden));
  });
  const draw = () => {
    const option = lever.options[Number(input.value)];
    value.textContent = option.label;
    input.setAttribute("aria-valuetext", option.reference ? `${option.label}, the reference practice` : option.label);
    input.style.setProperty("--at", `${(Number(input.value) / last) * 100}%`);
    fill(cost, option.naive ? "costs nothing" : `${pounds(lever.gbp)} · ${days(lever.days)} of work · soonest in ${days(lever.quickest)}`, force);
  };
  input.addEventListener("input", () => {
    force.textContent = "";
    draw();
    moved(lever.name, lever.options[Number(input.value)]);
  });
  const element = h("div", { class: "lever", "data-name": lever.name },
    h("div", { class: "head" }, h("label", { for: id }, lever.title), more, value),
    h("div", { class: "slider" }, stops, input), cost, about);
  return {
    element,
    input,
    show(now) {
      const place = lever.options.findIndex((option) => option.key === now[lever.name]);
      input.value = Math.max(place, 0);
      element.classList.toggle("taken", place > 0);
      draw();
    },
    inForce(start, day, whole) {
      const taken = Number(input.value) > 0;
      force.textContent = !taken ? "" : day !== undefined ? ` · in force ${date(start, day, true)}` : whole ? " · never came into force" : "";
    },
  };
}
