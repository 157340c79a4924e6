// Play: a board paper, decisions within the money and the people there are, and no way back.
import { h, fill } from "./dom.js";
import { leversPanel } from "./levers.js";
import { resultsPanel } from "./results.js";
import { briefing, paper, report } from "./board.js";
import { pounds } from "./format.js";

const TEAMS = { dataops: "DataOps", mlops: "MLOps", finops: "FinOps", integration: "Everybody" };

export function play(model, send) {
  const world = model.get("world");
  let game = {};
  let choices = {};
  const levers = leversPanel(model.get("levers"), world.services.filter((one) => world.chosen.includes(one.name)), (next) => {
    choices = next;
    levers.show(choices);
    if (game.phase === "deciding") send({ do: "draft", choices });
  });
  const results = resultsPanel(world.start);
  const status = h("p", { class: "status", role: "status" });
  const title = h("h2", {});
  const meters = h("div", { class: "meters" });
  const against = h("div", { class: "against", role: "alert" });
  const quarter = h("select", { onchange: () => { choices = { ...game.played[Number(quarter.value) - 1] }; levers.show(choices); } });
  const pick = h("label", { class: "what-if", hidden: true }, "What if, in ", quarter, " we had moved these levers?");
  const go = h("button", { type: "button", class: "main go", onclick: () => {
    if (go.getAttribute("aria-disabled") === "true") return;
    if (game.phase === "over") send({ do: "branch", quarter: Number(quarter.value), choices });
    else send({ do: "step" });
  } });
  const told = h("div", { class: "told" });
  const element = h("div", { class: "cockpit-grid" },
    h("section", { class: "card levers", "aria-label": "Decisions" }, title, meters, pick, against, go, files(send), levers.panel),
    h("section", { class: "results", "aria-label": "Board" }, h("div", { class: "advance" }, status), told, results.parts));

  const show = (now) => {
    const fresh = now.quarter !== game.quarter || now.phase !== game.phase;
    game = now;
    if (!game.phase) return;
    if (fresh && game.phase !== "waiting") choices = { ...(game.phase === "over" ? game.played[0] : game.draft) };
    levers.show(choices);
    const over = game.phase === "over";
    title.textContent = over ? "What might have been" : `Quarter ${Math.min(game.quarter - (game.phase === "waiting" && game.played.length ? 1 : 0), game.of)} of ${game.of}`;
    fill(meters, over || !game.allowance ? [] : budget(game));
    pick.hidden = !over;
    if (over && fresh) {
      fill(quarter, game.played.map((_, place) => h("option", { value: place + 1 }, `Q${place + 1}`)));
      quarter.value = 1;
    }
    if (against.textContent !== game.objections.join(" ")) fill(against, game.objections.map((text) => h("p", {}, text)));
    go.textContent = over ? `Fly it again from Q${quarter.value}` : game.phase === "waiting" ? "The quarter is under way …" : `Play quarter ${game.quarter}`;
    go.setAttribute("aria-disabled", String(!over && (game.phase !== "deciding" || game.objections.length > 0)));
    fill(status, game.text, h("span", { class: "spoken" }, over && game.branch ? game.branch.text : spoken(game)));
    fill(told, over ? report(game) : game.paper ? paper(game.paper, world.start, game.of) : briefing(game, world));
    told.append(...(game.branch && over ? [h("p", { class: "card branch" }, game.branch.text)] : []));
    element.dataset.phase = game.phase;
    element.dataset.quarter = game.quarter;
  };
  quarter.addEventListener("change", () => { go.textContent = `Fly it again from Q${quarter.value}`; });
  return {
    element,
    game: show,
    board(view) {
      if (!view.charts) return;
      results.show(view, game.phase !== "over");
      results.below.hidden = game.phase !== "over";
      levers.inForce(world.start, view.in_force, false);
    },
    status(now) { if (now.state === "refused" || now.state === "stopped") status.textContent = now.text; },
  };
}

function spoken(game) {
  if (game.phase !== "deciding" || !game.paper) return "";
  return ` ${game.paper.tiles.map((item) => `${item.name} ${item.text}`).join("; ")} in quarter ${game.paper.quarter}.`;
}

function budget(game) {
  const { bill, allowance } = game;
  const rows = [meter("Money for changes", bill.gbp, allowance.gbp, pounds)];
  for (const [team, name] of Object.entries(TEAMS))
    if (allowance.days[team] !== undefined && (team !== "integration" || bill.days.integration))
      rows.push(meter(`${name}, days of work`, bill.days[team] || 0, allowance.days[team], (value) => String(Math.round(value))));
  return [
    h("p", { class: "quiet small" }, `${pounds(allowance.handed_out_gbp)} is the quarter's budget, contingency and all; running on as now costs about ${pounds(allowance.runs_on_gbp)}.`),
    allowance.controlled ? h("p", { class: "bad small" }, "Spending controls: nothing new may be taken up until a quarter closes within its money.") : null,
    rows,
  ].flat().filter(Boolean);
}

function meter(name, used, free, text) {
  const share = free > 0 ? Math.min(used / free, 1) : used > 0 ? 1 : 0;
  return h("div", { class: `meter${used > free ? " over" : ""}` }, h("span", {}, name), h("span", {}, `${text(used)} of ${text(free)}`),
    h("span", { class: "gauge", "aria-hidden": "true" }, h("i", { style: `width: ${share * 100}%` })));
}

function files(send) {
  const chosen = h("input", { type: "file", accept: ".json,application/json", class: "hidden-file", tabindex: -1, "aria-label": "A saved game", onchange: async () => {
    if (chosen.files.length) send({ do: "resume", text: await chosen.files[0].text() });
    chosen.value = "";
  } });
  const button = (name, press) => h("button", { type: "button", onclick: press }, name);
  return h("div", { class: "files", role: "group", "aria-label": "The game" },
    button("Save", () => send({ do: "save" })), button("Resume", () => chosen.click()),
    button("Export playbook", () => send({ do: "export" })), button("New game", () => send({ do: "new game" })), chosen);
}

export function keep(name, text) {
  const link = h("a", { href: URL.createObjectURL(new Blob([text], { type: "text/plain" })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
