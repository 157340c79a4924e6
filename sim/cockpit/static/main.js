// The page: its head, its two ways of use, and the line to Python.
import { h, fill } from "./dom.js";
import { explore } from "./explore.js";

function head(model, send) {
  const world = model.get("world");
  const one = (service) => h("option", { value: service.name }, service.title);
  const service = h("select", {}, h("option", { value: "" }, world.services.length > 1 ? `All ${world.services.length} services` : "The service"), world.services.length > 1 ? world.services.map(one) : null);
  service.value = world.chosen.length === 1 && world.services.length > 1 ? world.chosen[0] : "";
  const seed = h("input", { type: "number", min: 0, max: 999999, step: 1, value: world.seed });
  const change = () => {
    if (!seed.checkValidity() || seed.value === "") return;
    send({ do: "world", scenario: world.scenario, services: service.value ? [service.value] : [], seed: Number(seed.value) });
  };
  service.addEventListener("change", change);
  seed.addEventListener("change", change);
  return h("header", { class: "top" },
    h("div", {}, h("h1", {}, world.title), h("p", { class: "lead" }, "Programme cockpit")),
    h("div", { class: "worldpick" }, h("label", {}, "Services", service), h("label", {}, "World", seed)));
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
  let page;
  const status = () => {
    const now = model.get("status");
    page.status(now);
    Object.assign(root.dataset, { move: now.move, state: now.state });
  };
  const build = () => {
    page = explore(model, send);
    fill(root, head(model, send), page.element);
    page.choices(model.get("choices"));
    page.view(model.get("view"));
    status();
  };
  model.on("change:world", build);
  model.on("change:choices", () => page.choices(model.get("choices")));
  model.on("change:view", () => page.view(model.get("view")));
  model.on("change:status", status);
  build();
  el.append(root);
}

export default { render };
