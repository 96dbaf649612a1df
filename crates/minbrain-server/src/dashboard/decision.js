// The last decision: what was chosen, the value of each action, and who spoke for it.

import { figure, make } from "./format.js";
import { choose } from "./experience.js";

const HOW = {
  bootstrap: "at random, too little is known", consensus: "as similar experiences did",
  value: "by what it will earn", novelty: "to try something new", planned: "by a plan",
  imitated: "as was demonstrated", given: "by somebody else: a teacher",
};

function bars(decision) {
  const worths = decision.considered.map((one) => one[1]);
  const [low, high] = [Math.min(0, ...worths), Math.max(...worths)];
  return decision.considered.flatMap(([action, worth]) => {
    const mark = action === decision.action ? " chosen" : "";
    const width = (100 * (worth - low)) / Math.max(1e-9, high - low);
    return [
      make("span", { class: mark.trim() }, action),
      make("span", { class: `bar${mark}` }, make("span", { "width%": width.toFixed(1) })),
      make("span", { class: mark.trim() }, figure(worth)),
    ];
  });
}

function witnesses(recalled) {
  const rows = recalled.map((one) => make("tr", {},
    make("td", {}, make("button", { type: "button", "data-id": one.id, onclick: () => choose(one.id) }, one.id)),
    make("td", {}, one.action),
    make("td", { class: "number" }, figure(one.similarity)),
    make("td", { class: "number" }, figure(one.weight)),
    make("td", { class: "number" }, figure(one.reward))));
  const head = ["experience", "did", "similarity", "say", "earned"];
  return make("table", {},
    make("thead", {}, make("tr", {}, ...head.map((name, at) => make("th", { class: at > 1 ? "number" : "" }, name)))),
    make("tbody", {}, ...rows));
}

/** Shows a decision. */
export function showDecision(decision) {
  const place = document.getElementById("decision");
  if (!decision) {
    place.replaceChildren(make("p", { class: "quiet" }, "Nothing was decided yet."));
    return;
  }
  const list = place.querySelector(".witnesses");
  const scroll = list?.scrollTop ?? 0;
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.id ?? "list" : null;
  if (place.matches(":active")) return;
  const compared = decision.considered.length > 0;
  place.replaceChildren(
    make("p", { class: "said" }, decision.action,
      make("small", {}, `${HOW[decision.method] ?? decision.method}, confidence ${figure(decision.confidence)}`)),
    make("h3", {}, compared ? `Each action's ${decision.compared_by}` : "No actions were compared"),
    make("div", { class: "bars" }, ...(compared ? bars(decision) : [])),
    make("h3", {}, decision.recalled.length ? "Recalled, most similar first" : "Nothing was recalled"),
    make("div", { class: "witnesses", tabindex: "0", role: "region", "aria-label": "Recalled experiences" },
      decision.recalled.length ? witnesses(decision.recalled) : null));
  const fresh = place.querySelector(".witnesses");
  fresh.scrollTop = scroll;
  if (focused) (place.querySelector(`[data-id="${focused}"]`) ?? fresh).focus({ preventScroll: true });
}
