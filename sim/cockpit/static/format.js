// Figures as people say them.

export function pounds(value) {
  const sign = value < 0 ? "−" : "";
  const size = Math.abs(value);
  if (size >= 999500) return `${sign}£${trimmed(size / 1e6, size >= 9995000 ? 1 : 2)}m`;
  if (size >= 1000) return `${sign}£${trimmed(size / 1e3, 0)}k`;
  return `${sign}£${trimmed(size, 0)}`;
}

function trimmed(value, digits) {
  return value.toLocaleString("en-GB", { maximumFractionDigits: digits });
}

export function figure(value, unit) {
  if (unit === "gbp") return pounds(value);
  if (unit === "share") return `${trimmed(value * 100, 1)}%`;
  return trimmed(value, 0);
}

export function date(start, day, short) {
  const when = new Date(`${start}T00:00:00Z`);
  when.setUTCDate(when.getUTCDate() + Math.floor(day));
  return when.toLocaleDateString("en-GB", { day: "numeric", month: short ? "short" : "long", year: "numeric", timeZone: "UTC" });
}

export function days(value) {
  if (!Number.isFinite(value)) return "never";
  const whole = Math.ceil(value);
  return `${whole} day${whole === 1 ? "" : "s"}`;
}
