// What a run comes to: tiles, charts, a scorecard and the events in words.
import { h, fill } from "./dom.js";
import { chart } from "./charts.js";
import { date } from "./format.js";

export function resultsPanel(start) {
  const tiles = h("div", { class: "tiles" }, h("p", { class: "quiet" }, "The first figures come as soon as the first quarter has been played."));
  const charts = h("div", { class: "charts" });
  const card = h("section", { class: "card scorecard", "aria-label": "Scorecard" });
  const events = h("section", { class: "card events", "aria-label": "What happened" });
  let open = new Set(["public value"]);
  const shown = new Set();
  let kind = "";
  const below = h("div", { class: "below" }, card, events);
  return {
    below,
    parts: [tiles, charts, below],
    show(view, hideLate) {
      fill(tiles, view.tiles.map(tile));
      fill(charts, view.charts.filter((spec) => !(hideLate && spec.late)).map((spec) => chart(spec, { start, days: view.days, played: view.played }, shown)));
      if (view.scorecard.length) fill(card, scorecard(view, open));
      else if (!card.childElementCount) fill(card, h("h3", {}, "Scorecard"), h("p", { class: "quiet" }, "Comes when the run is complete."));
      if (view.feed.length || view.complete) fill(events, feed(view.feed, start, kind, (chosen) => { kind = chosen; }));
      else if (!events.childElementCount) fill(events, h("h3", {}, "What happened"), h("p", { class: "quiet" }, "Comes when the run is complete."));
      for (const box of [card, events]) {
        box.classList.toggle("stale", !view.complete);
        box.dataset.note = view.complete || !box.querySelector("table, li") ? "" : "From the run before. New when this run is complete.";
      }
    },
  };
}

// A figure's sign stays with it.
function whole(text) {
  return text.replace(/^-/, "−\u2060");
}

export function tile(item) {
  const tone = item.good === null ? "same" : item.good ? "good" : "bad";
  return h("div", { class: `tile${item.bad ? " broken" : ""}`, "data-tile": item.name }, h("span", { class: "name" }, item.name), h("strong", {}, whole(item.text)),
    h("span", { class: `change ${tone}` }, item.change || "\u00a0"), h("span", { class: "note" }, item.note));
}

export function scorecard(view, open, title) {
  const families = [...new Set(view.scorecard.map((row) => row.family))].sort((a, b) => (b === "public value") - (a === "public value"));
  const met = view.scorecard.filter((row) => row.met).length;
  return [
    h("h3", {}, title || "Scorecard against targets"),
    h("p", { class: `verdict ${view.counts === false ? "bad" : "good"}` }, `${met} of ${view.scorecard.length} targets met. ${view.headline || ""}`),
    families.map((family) => familyTable(family, view.scorecard.filter((row) => row.family === family), open)),
  ];
}

function familyTable(family, rows, open) {
  const was = rows.some((row) => row.before);
  const box = h("details", { open: open.has(family) },
    h("summary", {}, h("span", {}, family[0].toUpperCase() + family.slice(1)),
      h("span", { class: "pips", "aria-hidden": "true" }, rows.map((row) => h("i", { class: row.met ? "met" : "missed" }))),
      h("span", { class: "count" }, `${rows.filter((row) => row.met).length} of ${rows.length} met`)),
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `Measures of ${family}` },
      h("table", {},
        h("thead", {}, h("tr", {}, ["Measure", "Now", was ? "Before" : null, "Target", "Met"].filter(Boolean).map((text) => h("th", { scope: "col" }, text)))),
        h("tbody", {}, rows.map((row) => h("tr", { title: row.about },
          h("th", { scope: "row" }, row.title), h("td", {}, whole(row.text)), was ? h("td", { class: "quiet" }, whole(row.before)) : null,
          h("td", {}, `${row.better === "higher" ? "≥" : "≤"}\u00a0${whole(row.target)}`),
          h("td", { class: row.met ? "good" : "bad" }, row.met ? "✓ yes" : "✗ no")))))));
  box.addEventListener("toggle", () => (box.open ? open.add(family) : open.delete(family)));
  return box;
}

export function feed(rows, start, kind, chosen, title) {
  const kinds = [...new Set(rows.map((row) => row.kind))];
  const list = h("ol", { class: "feed" });
  const draw = (only) => fill(list, rows.filter((row) => !only || row.kind === only).map((row) =>
    h("li", {}, h("time", {}, date(start, row.day)), h("span", { class: `kind ${row.kind}` }, row.kind), h("p", {}, row.text))));
  const pick = h("select", { onchange: (event) => { chosen(event.target.value); draw(event.target.value); } },
    h("option", { value: "" }, "everything"), kinds.map((name) => h("option", { value: name }, name)));
  pick.value = kinds.includes(kind) ? kind : "";
  draw(pick.value);
  return [h("div", { class: "between" }, h("h3", {}, title || `What happened: ${rows.length} events`), h("label", { class: "pick" }, "Show ", pick)),
    rows.length ? h("div", { class: "scroll tall", tabindex: 0, role: "region", "aria-label": "Events" }, list) : h("p", { class: "quiet" }, "Nothing to report.")];
}
