// The levers: a native slider for each decision point, with a stop for each of its positions.
import { h, fill } from "./dom.js";
import { pounds, days, date } from "./format.js";

export function leversPanel(groups, services, changed) {
  const rows = new Map();
  let choices = {};
  let service = "";
  const moved = (lever, option) => changed(after(choices, lever, service, option));
  const whom = h("select", { onchange: () => { service = whom.value; show(choices); } },
    h("option", { value: "" }, "all services"), services.map((one) => h("option", { value: one.name }, one.title)));
  const several = services.length > 1;
  const note = h("p", { class: "quiet small", hidden: true }, "What you move now, only this service has otherwise. Levers that stand for the whole programme are hidden.");
  const panel = h("div", { class: "groups" },
    several ? h("label", { class: "whom" }, "Levers for ", whom) : null, several ? note : null,
    groups.map((group, place) => block(group, place === 0, rows, moved)));
  const show = (now) => {
    choices = { ...now };
    note.hidden = !service;
    for (const row of rows.values()) row.show(choices, service, services);
    for (const group of groups) {
      const here = group.levers.filter((lever) => !service || lever.by_service);
      const box = panel.querySelector(`[data-discipline=${group.discipline}]`);
      box.hidden = !here.length;
      box.querySelector(".count").textContent = `${here.filter((lever) => place(choices, lever, service) > 0).length} of ${here.length} moved`;
    }
  };
  return {
    panel,
    show,
    costs(found) {
      for (const row of rows.values()) row.costs((name) => found[service ? `${name}@${service}` : name]);
    },
    inForce(start, dates, whole) {
      for (const row of rows.values()) row.inForce((name) => dates[service ? `${name}@${service}` : name] ?? dates[name], start, whole);
    },
  };
}

function place(choices, lever, service) {
  const key = choices[`${lever.name}@${service}`] ?? choices[lever.name];
  return Math.max(lever.options.findIndex((option) => option.key === key), 0);
}

// What there is after a move: what one service has as all have it, it does not have apart.
function after(choices, lever, service, option) {
  const next = { ...choices };
  next[service ? `${lever.name}@${service}` : lever.name] = option.key;
  const common = next[lever.name] ?? lever.options[0].key;
  if (common === lever.options[0].key) delete next[lever.name];
  for (const name of Object.keys(next)) if (name.startsWith(`${lever.name}@`) && next[name] === common) delete next[name];
  return next;
}

function block(group, open, rows, moved) {
  const body = group.levers.map((lever) => {
    const row = single(lever, moved);
    rows.set(lever.name, row);
    return row.element;
  });
  return h("details", { class: `group ${group.discipline}`, open, "data-discipline": group.discipline },
    h("summary", {}, h("span", {}, group.title), h("span", { class: "count", title: "Moved: not as it is today" })), h("div", { class: "rows" }, body));
}

// A position that does little without another lever says so as long as that one is where it is today.
function warn(line, wanted, usual, choices, service) {
  const key = wanted && (choices[`${wanted.name}@${service}`] ?? choices[wanted.name] ?? wanted.naive);
  const missing = Boolean(wanted) && key === wanted.naive;
  line.classList.toggle("missing", missing);
  line.textContent = missing ? `Move “${wanted.title}” too: ${wanted.without}.` : `Goes with “${usual.title}”.`;
}

function single(lever, moved) {
  const last = lever.options.length - 1;
  const id = `lever-${lever.name}`;
  const value = h("output", { class: "position", "aria-hidden": "true" });
  const cost = h("p", { class: "cost", id: `${id}-cost` });
  const since = h("span", {});
  const spend = h("span", {});
  const force = h("span", { class: "force" }, since, spend);
  const each = lever.each ? h("p", { class: "each" }, lever.each) : null;
  const needed = lever.options.map((option) => option.needs).find(Boolean);
  const needs = needed ? h("p", { class: "needs", id: `${id}-needs` }) : null;
  const apart = h("p", { class: "apart", id: `${id}-apart`, hidden: true });
  const about = h("p", { class: "about", id: `${id}-about`, hidden: true }, lever.about, lever.shows_in.length ? h("strong", {}, ` Look for it in: ${lever.shows_in.join(", ")}.`) : null);
  const input = h("input", { type: "range", id, min: 0, max: last, step: 1, "aria-describedby": `${id}-cost ${id}-apart${needed ? ` ${id}-needs` : ""}`, "data-lever": lever.name });
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
    fill(cost, option.naive ? "as it is today: nothing to take up" : `takes ${pounds(lever.gbp)}, ${days(lever.days)} of work; soonest in ${days(lever.quickest)}`, force);
  };
  input.addEventListener("input", () => {
    since.textContent = spend.textContent = "";
    draw();
    moved(lever, lever.options[Number(input.value)]);
  });
  const element = h("div", { class: "lever", "data-name": lever.name },
    h("div", { class: "head" }, h("label", { for: id }, lever.title), more, value),
    h("div", { class: "slider" }, stops, input), cost, each, needs, apart, about);
  return {
    element,
    show(choices, service, services) {
      input.value = place(choices, lever, service);
      element.classList.toggle("taken", Number(input.value) > 0);
      element.hidden = Boolean(service) && !lever.by_service;
      const own = services.filter((one) => choices[`${lever.name}@${one.name}`] !== undefined && (!service || one.name === service));
      apart.hidden = !own.length;
      apart.textContent = service ? "Its own: the others have it otherwise." : own.map((one) => `${one.title}: ${lever.options[place(choices, lever, one.name)].label}`).join(" · ");
      draw();
      if (needs) warn(needs, lever.options[Number(input.value)].needs, needed, choices, service);
    },
    costs(of) {
      const found = of(lever.name);
      spend.textContent = found ? found.text : "";
      spend.title = found ? found.about : "";
    },
    inForce(of, start, whole) {
      const day = of(lever.name);
      const taken = Number(input.value) > 0;
      since.textContent = !taken ? "" : day !== undefined ? `since ${date(start, day, true)}` : whole ? "never in force" : "";
    },
  };
}
