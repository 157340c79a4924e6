// Charts in plain SVG, drawn at the width that there is, so that text keeps its size on a phone.
import { h, s, fill } from "./dom.js";
import { date, figure } from "./format.js";

const HEIGHT = 216;
const TOP = 12;
const FOOT = 26;

export function chart(spec, context, open) {
  const box = h("div", { class: "plot" });
  const card = h("figure", { class: "chart", "data-chart": spec.id }, h("figcaption", {}, h("h3", {}, spec.title), key(spec)), box, spec.note ? h("p", { class: "quiet small" }, spec.note) : null, figures(spec, context, open));
  const draw = () => {
    const width = Math.max(Math.round(box.clientWidth), 240);
    if (width === card.drawn) return;
    card.drawn = width;
    box.replaceChildren(picture(spec, context, width));
  };
  new ResizeObserver(draw).observe(box);
  return card;
}

// The figures behind a chart, quarter by quarter, for whoever has no mouse to point with.
function figures(spec, context, open) {
  const told = spec.kind === "lines" ? pointed(spec, context) : [];
  const rows = spec.kind === "bars" ? spec.told : told.filter((point, k) => k === told.length - 1 || told[k + 1].quarter !== point.quarter).map((point) => point.words);
  if (!rows.length) return null;
  const list = h("ol", {});
  const box = h("details", { open: open.has(spec.id) }, h("summary", { class: "small" }, "Figures"),
    h("div", { class: "figures scroll small", tabindex: 0, role: "region", "aria-label": `Figures of ${spec.title}` }, list));
  const draw = () => { if (box.open && !list.childElementCount) fill(list, rows.map((words) => h("li", {}, words))); };
  box.addEventListener("toggle", () => { box.open ? open.add(spec.id) : open.delete(spec.id); draw(); });
  draw();
  return box;
}

// What stands at each point of the lines, in words.
function pointed(spec, context) {
  const longest = spec.lines.reduce((one, other) => (other.now.length > one.length ? other.now : one), []);
  return longest.map(([day], k) => {
    const quarter = Math.max(context.days.findIndex((end) => day <= end), 1);
    const parts = spec.lines.map((line) => {
      const [now, was] = [line.now[k]?.[1], line.before[k]?.[1]].map((value) => (value === null || value === undefined ? "" : figure(value, spec.unit)));
      const name = spec.lines.length > 1 ? `${line.name} ` : "";
      return now ? `${name}${now}${was ? ` (before ${was})` : ""}` : "";
    }).filter(Boolean);
    return { day, quarter, words: `Q${quarter}, ${date(context.start, Math.max(day - 1, 0), true)}: ${parts.join("; ") || "nothing known"}` };
  });
}

function key(spec) {
  const shown = spec.kind === "bars" ? spec.before.length : (spec.lines || []).some((line) => line.before.length);
  const what = [spec.target ? `dotted: ${spec.target.label}` : "", spec.marks && spec.marks.length ? "bars: incidents, orange until found" : "", shown ? "dashed: before" : ""]
    .filter(Boolean).join(" · ");
  const swatches = (spec.stacks || []).map((stack, row) => h("span", { class: `c${row}` }, h("i", { class: "swatch" }), stack.name));
  if (spec.limit?.length) swatches.push(h("span", {}, h("i", { class: "swatch budget" }), "budget"));
  if (!what && !swatches.length) return null;
  return h("span", { class: "key", "aria-hidden": "true" }, swatches, what);
}

function picture(spec, context, width) {
  const frame = { width, left: spec.kind === "spans" ? 8 : 56, right: spec.kind === "lines" && spec.lines.length > 1 ? 98 : 14 };
  const span = context.days[context.days.length - 1];
  frame.x = (day) => frame.left + (day / span) * (width - frame.left - frame.right);
  frame.bottom = HEIGHT - FOOT - (spec.marks ? 16 : 0);
  const svg = s("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-label": `${spec.title}. ${spec.alt}` });
  quarters(svg, frame, context);
  ({ lines, bars, spans })[spec.kind](svg, frame, spec, context);
  return svg;
}

function quarters(svg, frame, context) {
  const { days, played } = context;
  for (let q = 1; q < days.length; q += 1) {
    const [from, to] = [frame.x(days[q - 1]), frame.x(days[q])];
    if (q === played && played < days.length - 1)
      svg.append(s("rect", { class: "now", x: from, y: TOP - 6, width: to - from, height: HEIGHT - FOOT - TOP + 6 }));
    svg.append(s("text", { class: "tick", x: (from + to) / 2, y: HEIGHT - 8, "text-anchor": "middle" }, `Q${q}`));
    if (q > 1 && (q - 1) % 4 === 0) svg.append(s("line", { class: "year", x1: from, x2: from, y1: TOP - 6, y2: HEIGHT - FOOT }));
  }
}

function scale(values, frame, fromZero) {
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (fromZero) [low, high] = [Math.min(low, 0), Math.max(high, 0)];
  if (low === high) high = low + (Math.abs(low) || 1);
  const step = nice((high - low) / 3.2);
  const first = Math.floor(low / step + 1e-9) * step;
  const last = Math.ceil(high / step - 1e-9) * step;
  const ticks = [];
  for (let value = first; value <= last + step / 2; value += step) ticks.push(Math.abs(value) < step / 1e6 ? 0 : value);
  const y = (value) => TOP + ((last - value) / (last - first)) * (frame.bottom - TOP);
  return { ticks, y };
}

function nice(size) {
  const power = 10 ** Math.floor(Math.log10(size));
  return [1, 2, 2.5, 5, 10].find((m) => size <= m * power) * power;
}

function grid(svg, frame, axis, unit) {
  for (const value of axis.ticks) {
    const y = axis.y(value);
    svg.append(s("line", { class: value === 0 ? "zero" : "grid", x1: frame.left, x2: frame.width - frame.right, y1: y, y2: y }));
    svg.append(s("text", { class: "tick", x: frame.left - 6, y: y + 4, "text-anchor": "end" }, figure(value, unit)));
  }
}

function path(points, frame, axis) {
  let text = "";
  let pen = "M";
  for (const [day, value] of points) {
    if (value === null) { pen = "M"; continue; }
    text += `${pen}${frame.x(day).toFixed(1)},${axis.y(value).toFixed(1)}`;
    pen = "L";
  }
  return text;
}

function lines(svg, frame, spec, context) {
  const known = spec.lines.flatMap((line) => [...line.now, ...line.before]).map((point) => point[1]).filter((value) => value !== null);
  if (spec.target && known.length) known.push(spec.target.value);
  const axis = scale(known.length ? known : [0, 1], frame, spec.unit === "gbp" || spec.unit === "pieces" || spec.id === "equity");
  grid(svg, frame, axis, spec.unit);
  if (spec.id === "value") between(svg, frame, axis, spec.lines[0]);
  for (const [place, line] of spec.lines.entries()) {
    if (line.before.length) svg.append(s("path", { class: `line before c${place}`, d: path(line.before, frame, axis) }));
    if (line.now.length) svg.append(s("path", { class: `line c${place}`, d: path(line.now, frame, axis) }));
  }
  if (spec.target && known.length) target(svg, frame, axis, spec);
  if (spec.lines.length > 1) labels(svg, frame, axis, spec.lines);
  else dot(svg, frame, axis, spec.lines[0], spec.unit);
  if (spec.late) svg.append(s("text", { class: "late", x: frame.left + 8, y: TOP + 12 }, "Drawn when the run is complete"));
  for (const mark of spec.marks || []) incident(svg, frame, mark);
  const points = pointed(spec, context);
  points.forEach(({ day, words }, k) => {
    const from = k ? (frame.x(points[k - 1].day) + frame.x(day)) / 2 : frame.left;
    const to = k < points.length - 1 ? (frame.x(day) + frame.x(points[k + 1].day)) / 2 : frame.x(day) + 12;
    svg.append(s("rect", { class: "hover", x: from, y: TOP - 6, width: Math.max(to - from, 1), height: frame.bottom - TOP + 6 }, s("title", {}, words)));
  });
}

function target(svg, frame, axis, spec) {
  const y = axis.y(spec.target.value);
  svg.append(s("line", { class: "target", x1: frame.left, x2: frame.width - frame.right, y1: y, y2: y }));
}

function between(svg, frame, axis, line) {
  const last = line.now.length - 1;
  if (last < 1 || line.before.length <= last) return;
  const [over, under] = [line.now, line.before.slice(0, last + 1)];
  const shape = `${path(over, frame, axis)}L${path([...under].reverse(), frame, axis).slice(1)}Z`;
  svg.append(s("path", { class: over[last][1] >= under[last][1] ? "gain" : "loss", d: shape }));
}

function dot(svg, frame, axis, line, unit) {
  const point = line.now.filter((p) => p[1] !== null).pop();
  if (!point) return;
  const [x, y] = [frame.x(point[0]), axis.y(point[1])];
  svg.append(s("circle", { class: "dot c0", cx: x, cy: y, r: 4 }));
  const right = x > frame.width - 90;
  const earlier = line.now.filter((p) => p[1] !== null && frame.x(p[0]) < x - 12).slice(-3).map((p) => axis.y(p[1]));
  const up = y > TOP + 24 && !(right && mean(earlier) < y - 4 && y + 20 < HEIGHT - FOOT);
  svg.append(s("text", { class: "end c0", x: right ? x - 6 : x + 8, y: up ? y - 10 : y + 18, "text-anchor": right ? "end" : "start" }, figure(point[1], unit)));
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function labels(svg, frame, axis, all) {
  const ends = all
    .map((line, place) => ({ place, words: wrapped(line.name), last: [...line.now, ...(line.now.length ? [] : line.before)].filter((p) => p[1] !== null).pop() }))
    .filter((end) => end.last)
    .map((end) => ({ ...end, y: axis.y(end.last[1]), tall: 13 * end.words.length + 4 }))
    .sort((a, b) => a.y - b.y);
  let free = TOP;
  for (const end of ends) { end.y = Math.max(end.y, free + end.tall / 2); free = end.y + end.tall / 2; }
  let floor = frame.bottom + 10;
  for (const end of [...ends].reverse()) { end.y = Math.min(end.y, floor - end.tall / 2); floor = end.y - end.tall / 2; }
  for (const end of ends)
    end.words.forEach((word, row) => {
      const y = end.y + 4 + (row - (end.words.length - 1) / 2) * 13;
      svg.append(s("text", { class: `end c${end.place}`, x: frame.width - frame.right + 6, y }, word));
    });
}

function wrapped(name) {
  const rows = [""];
  for (const word of name.split(" ")) {
    if ((rows[rows.length - 1] + word).length > 12 && rows[rows.length - 1]) rows.push("");
    rows[rows.length - 1] = `${rows[rows.length - 1]} ${word}`.trim();
  }
  return rows.slice(0, 3);
}

function incident(svg, frame, mark) {
  const y = HEIGHT - FOOT - 10;
  const place = (day) => frame.x(Math.max(day, 0));
  const end = mark.found === null ? mark.last : mark.found;
  svg.append(s("rect", { class: "unseen", x: place(mark.first), y, width: Math.max(place(end) - place(mark.first), 2), height: 7, rx: 1 }));
  if (mark.found !== null)
    svg.append(s("rect", { class: "seen", x: place(mark.found), y, width: Math.max(place(mark.last) - place(mark.found), 1.5), height: 7, rx: 1 }));
}

function bars(svg, frame, spec, context) {
  const totals = spec.stacks.length ? spec.stacks[0].values.map((_, k) => spec.stacks.reduce((sum, stack) => sum + stack.values[k], 0)) : [];
  const axis = scale([0, 1, ...totals, ...spec.before, ...spec.limit], frame, true);
  grid(svg, frame, axis, spec.unit);
  const place = (k) => [frame.x(context.days[k]), frame.x(context.days[k + 1])];
  totals.forEach((_, k) => {
    const [from, to] = place(k);
    let sum = 0;
    spec.stacks.forEach((stack, row) => {
      const [foot, head] = [axis.y(sum), axis.y(sum + stack.values[k])];
      sum += stack.values[k];
      svg.append(s("rect", { class: `bar c${row}`, x: from + 4, y: head, width: Math.max(to - from - 8, 2), height: Math.max(foot - head, 0) }));
    });
  });
  spec.limit.forEach((most, k) => {
    const [from, to] = place(k);
    svg.append(s("line", { class: totals[k] > most ? "limit beyond" : "limit", x1: from + 1, x2: to - 1, y1: axis.y(most), y2: axis.y(most) }));
  });
  spec.told.forEach((words, k) => {
    const [from, to] = place(k);
    svg.append(s("rect", { class: "hover", x: from, y: TOP - 6, width: to - from, height: frame.bottom - TOP + 6 }, s("title", {}, words)));
  });
  spec.before.forEach((total, k) => {
    const [from, to] = place(k);
    svg.append(s("line", { class: "was", x1: from + 2, x2: to - 2, y1: axis.y(total), y2: axis.y(total) }));
  });
}

function spans(svg, frame, spec) {
  const room = (frame.bottom - TOP) / spec.rows.length;
  spec.rows.forEach((row, place) => {
    const y = TOP + place * room;
    svg.append(s("text", { class: `end c${place}`, x: frame.left, y: y + 10 }, row.name));
    svg.append(s("line", { class: "grid", x1: frame.left, x2: frame.width - frame.right, y1: y + room - 6, y2: y + room - 6 }));
    row.spans.forEach((span, k) => {
      const [from, to] = [frame.x(span.first), frame.x(span.last)];
      const [top, tall] = [y + 18, Math.min(room - 28, 26)];
      svg.append(s("rect", { class: `span c${place}${k % 2 ? " odd" : ""}`, x: from + 1, y: top, width: Math.max(to - from - 2, 2), height: tall, rx: 3 }));
      if (to - from > 26) svg.append(s("text", { class: "inside", x: (from + to) / 2, y: top + tall / 2 + 4, "text-anchor": "middle" }, span.label));
    });
  });
  if (spec.late) svg.append(s("text", { class: "late", x: frame.left, y: TOP + room / 2 + 14 }, "Drawn when the run is complete"));
}
