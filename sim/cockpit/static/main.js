// The page: its head, its two ways of use, and the line to Python.
import { h, fill } from "./dom.js";
import { explore } from "./explore.js";
import { play, keep } from "./play.js";

function head(model, send) {
  const world = model.get("world");
  const several = world.services.length > 1;
  const service = h("select", {}, h("option", { value: "" }, several ? `All ${world.services.length} services` : world.services[0].title),
    several ? world.services.map((one) => h("option", { value: one.name }, one.title)) : null);
  service.value = several && world.chosen.length === 1 ? world.chosen[0] : "";
  const seed = h("input", { type: "number", min: 0, max: 999999, step: 1, value: world.seed });
  const change = () => {
    if (!seed.checkValidity() || seed.value === "") return;
    send({ do: "world", scenario: world.scenario, services: service.value ? [service.value] : [], seed: Number(seed.value) });
  };
  service.addEventListener("change", change);
  seed.addEventListener("change", change);
  const modes = [["explore", "Explore", "move a lever, see the whole run"], ["play", "Play", "quarter by quarter, no way back"]].map(([name, title, about]) =>
    h("button", { type: "button", "data-mode": name, "aria-pressed": String(model.get("mode") === name), title: about, onclick: () => send({ do: "mode", mode: name }) }, title));
  return h("header", { class: "top" },
    h("div", {}, h("h1", {}, world.title), h("p", { class: "lead" }, "Programme cockpit")),
    h("div", { class: "modes", role: "group", "aria-label": "Way of use" }, modes),
    h("div", { class: "worldpick" }, h("label", {}, "Services", service), h("label", { title: "Another number is another world: other incidents on other days" }, "World, any number", seed)));
}

function render({ model, el }) {
  const root = h("div", { class: "trinity-cockpit", "data-lm-suppress-shortcuts": "true" });
  for (const type of ["keydown", "keypress", "keyup"]) root.addEventListener(type, (event) => event.stopPropagation());
  let moves = 0;
  const send = (message) => {
    moves += 1;
    root.dataset.asked = moves;
    model.send({ ...message, move: moves });
  };
  const pages = {};
  const page = () => pages[model.get("mode")];
  const draw = {
    choices: () => pages.explore.choices(model.get("choices")),
    view: () => model.get("mode") === "explore" && pages.explore.view(model.get("view")),
    runs: () => pages.explore.runs(model.get("runs")),
    game: () => pages.play.game(model.get("game")),
    board: () => model.get("mode") === "play" && pages.play.board(model.get("board")),
    status: () => {
      const now = model.get("status");
      page().status(now);
      Object.assign(root.dataset, { move: now.move, state: now.state });
    },
  };
  const all = () => Object.values(draw).forEach((one) => one());
  const turn = () => {
    const active = root.contains(document.activeElement) ? document.activeElement.dataset.mode : undefined;
    root.dataset.mode = model.get("mode");
    fill(root, head(model, send), page().element);
    all();
    if (active) root.querySelector(`[data-mode=${active}]`)?.focus();
  };
  const build = () => {
    pages.explore = explore(model, send);
    pages.play = play(model, send);
    turn();
  };
  model.on("change:world", build);
  model.on("change:mode", turn);
  for (const name of Object.keys(draw)) model.on(`change:${name}`, draw[name]);
  model.on("msg:custom", (message) => message.file && keep(message.file, message.text));
  build();
  el.append(root);
}

export default { render };
