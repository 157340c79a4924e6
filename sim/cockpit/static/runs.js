// The runs so far: what was moved for each, what it came to, and how to go back to it or compare with it.
import { h, fill } from "./dom.js";

export function runsPanel(send, choose) {
  const body = h("tbody", {});
  const card = h("details", { class: "card runs", open: true }, h("summary", {}, "Runs so far", h("span", { class: "count" })),
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Runs so far" }, h("table", {},
      h("thead", {}, h("tr", {}, ["Moved", "Spend", "Over budget in", "Equity gap", "Net public value", "Go to it"].map((text) => h("th", { scope: "col" }, text)))), body)));
  const button = (key, text, label, state, press) => h("button", { type: "button", class: "step", "data-key": key, "aria-label": label, ...state, onclick: press }, text);
  const row = (run) => h("tr", { class: run.now ? "here" : null },
    h("th", { scope: "row" }, `${run.number}. ${run.moved}`),
    h("td", {}, run.spend), h("td", { class: run.over === "none" ? "good" : "bad" }, run.over), h("td", {}, run.gap),
    h("td", { class: run.counts ? null : "bad" }, run.value.replace("-", "−"), run.counts ? null : " (does not count)"),
    h("td", {}, run.now ? h("span", { class: "quiet" }, "shown ") : button(`back-${run.number}`, "Go back", `Go back to run ${run.number}`, {}, () => choose({ ...run.choices })),
      button(`beside-${run.number}`, "Compare", `Compare with run ${run.number}`, { "aria-pressed": String(run.beside) }, () => send({ do: "pin", held: !run.beside, run: run.number }))));
  return {
    card,
    show(rows) {
      const active = card.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
      fill(body, [...rows].reverse().map(row));
      card.querySelector(".count").textContent = rows.length;
      card.hidden = !rows.length;
      if (active) card.querySelector(`[data-key=${active}]`)?.focus();
    },
  };
}
