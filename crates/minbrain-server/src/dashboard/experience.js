// One experience, in full, next to the graph.

import { ask } from "./connection.js";
import { count, figure, make, tell } from "./format.js";

let brain = null;
let current = null;

/** Which experience is shown. */
export const chosen = () => current;

/** Which brain experiences are asked of. */
export function setBrain(number) {
  brain = number;
  close();
}

const list = (values) => values.map(figure).join("  ");

const row = (name, value) => [make("dt", {}, name), make("dd", {}, value)];

function rows(one) {
  const others = one.associations.slice(0, 12).map(([id, strength]) =>
    make("button", { type: "button", onclick: () => choose(id) }, `${id} (${figure(strength)})`));
  return [
    ...row("sensed", list(one.observation)),
    ...row("did", one.action),
    ...row("sensed then", list(one.outcome)),
    ...row("earned", `${figure(one.reward)}${one.ended ? ", and the episode ended" : ""}`),
    ...row("surprise", figure(one.surprise)),
    ...row("recalled", `${count(one.access_count)} times`),
    make("dt", {}, "associated"),
    make("dd", { class: "others" }, ...others),
  ];
}

function mark() {
  document.querySelectorAll("#graph .node").forEach((node) => node.classList.toggle("chosen", node.dataset.id === String(current)));
}

/** Shows an experience by its number. */
export async function choose(id) {
  current = id;
  mark();
  document.getElementById("detail").hidden = false;
  tell("detail-title", `Experience ${id}`);
  const body = document.getElementById("detail-body");
  body.replaceChildren();
  try {
    const one = await ask(`/api/v1/brains/${brain}/experiences/${id}`);
    if (current === id) body.replaceChildren(make("dl", {}, ...rows(one)));
  } catch (error) {
    if (current === id) body.replaceChildren(make("p", {}, `It cannot be shown: ${error.message}.`));
  }
}

function close() {
  current = null;
  mark();
  document.getElementById("detail").hidden = true;
}

/** Listens for what closes it. */
export function startExperience() {
  document.getElementById("detail-close").addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
}
