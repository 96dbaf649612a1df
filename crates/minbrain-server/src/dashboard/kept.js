// Experiences against their budget, and what was forgotten and why.

import { bytes, count, figure, make } from "./format.js";

const SHOWN = 6;

const row = (name, value) => [make("dt", {}, name), make("dd", {}, value)];

function gone(kept) {
  if (kept.last.length === 0) return make("p", { class: "quiet" }, "Nothing was forgotten yet.");
  const head = ["experience", "age in cycles", "surprise", "recalled"];
  const rows = kept.last.slice(0, SHOWN).map((one) =>
    make("tr", {},
      make("td", {}, count(one.id)),
      make("td", { class: "number" }, count(one.age_cycles)),
      make("td", { class: "number" }, figure(one.surprise)),
      make("td", { class: "number" }, `${count(one.access_count)} times`)));
  return make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Forgotten last" },
    make("table", {},
      make("thead", {}, make("tr", {}, ...head.map((name, at) => make("th", { class: at ? "number" : "" }, name)))),
      make("tbody", {}, ...rows)));
}

function disk({ durable_id: id, waiting_entries: waiting, failed }) {
  if (failed) return "the disk failed; it lives on in RAM";
  return id === null ? "nothing yet" : `up to experience ${count(id)}, ${count(waiting)} wait`;
}

function gpu({ is_in_use: used, is_past_crossover: past, crossover_experiences: from, dispatched, answered, losses }) {
  if (losses) return `lost; the processor answers (the GPU answered ${count(answered)} recalls)`;
  const where = from === null ? "never asked" : past ? `asked above ${count(from)} experiences` : `not asked up to ${count(from)} experiences`;
  return used ? `${where}; answered ${count(answered)} of ${count(dispatched)} recalls` : "none here";
}

/** Shows the budget and the last evictions. */
export function showKept(kept) {
  const share = (100 * kept.experiences) / Math.max(1, kept.capacity);
  const full = `${count(kept.experiences)} of ${count(kept.capacity)} experiences`;
  const place = document.getElementById("kept");
  const scroll = place.querySelector(".scroll")?.scrollTop ?? 0;
  const hadFocus = place.contains(document.activeElement);
  place.replaceChildren(
    make("div", { class: "budget", role: "meter", "aria-label": "Share of the budget", "aria-valuenow": share.toFixed(0), "aria-valuemin": 0, "aria-valuemax": 100 },
      make("span", { "width%": share.toFixed(2) })),
    make("dl", {},
      ...row("kept", `${full}, ${bytes(kept.bytes)}`),
      ...row("forgotten", `${count(kept.forgotten)}${kept.forgotten ? `, usually ${count(kept.age_cycles)} cycles old` : ""}`),
      kept.refused ? make("dt", {}, "not kept") : null,
      kept.refused ? make("dd", {}, count(kept.refused)) : null,
      ...(kept.outliers ? row("outliers", `${count(kept.outliers)} with a reading far outside of what is usual`) : []),
      ...(kept.journal ? row("on disk", disk(kept.journal)) : []),
      ...(kept.gpu ? row("GPU", gpu(kept.gpu)) : []),
      ...row("why", `${kept.policy}: ${kept.reason}`)),
    make("h3", {}, "Forgotten last"),
    gone(kept));
  const scrolled = place.querySelector(".scroll");
  if (scrolled) scrolled.scrollTop = scroll;
  if (scrolled && hadFocus) scrolled.focus();
}
