// How a run goes on: the score alone, the score of the run, and how often the teacher acted.

import { count, draw, figure, tell, tick } from "./format.js";

const WIDTH = 420;
const LEFT = 34;
const RIGHT = 12;
const HIGH = 150;
const LOW = 60;

/** A chart of lines between two values, as its parts. */
function chart(total, [top, height], [least, most], lines) {
  const x = (at) => LEFT + (at / total) * (WIDTH - LEFT - RIGHT);
  const y = (value) => top + height - ((value - least) / (most - least || 1)) * height;
  const parts = [];
  for (const value of [least, most]) {
    parts.push(draw("line", { class: "axis", x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }));
    parts.push(draw("text", { x: LEFT - 5, y: y(value) + 3.5, "text-anchor": "end" }, tick(value)));
  }
  for (const { kind, points } of lines) {
    const path = points.map(([at, value], nth) => `${nth ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`);
    parts.push(draw("path", { class: `line ${kind}`, d: path.join("") }));
  }
  return { parts, x };
}

/** Shows the run, if its owner tells of it. */
export function showStory(story) {
  const card = document.getElementById("story-card");
  card.hidden = !story;
  if (!story) return;
  const { alone, asked, left, random, score, scripted, total, unit } = story;
  const now = figure(alone.at(-1)?.[1]);
  const share = asked.length ? `, the teacher ${left ? `left after ${count(left)} cycles` : `acts in ${figure(asked.at(-1)[1])} %`}` : "";
  tell("story-note", `Alone ${now} ${unit} (scripted ${figure(scripted)}, random ${figure(random)})${share}.`);
  const values = [...alone, ...score].map((point) => point[1]).concat(scripted, random, 0);
  const range = [Math.min(...values), Math.max(...values)];
  const level = (value) => [[0, value], [total, value]];
  const above = chart(total, [10, HIGH], range, [
    { kind: "scripted", points: level(scripted) },
    { kind: "random", points: level(random) },
    { kind: "score", points: score },
    { kind: "alone", points: alone },
  ]);
  let height = HIGH + 20;
  const parts = above.parts;
  if (asked.length) {
    parts.push(...chart(total, [height + 8, LOW], [0, 100], [{ kind: "asked", points: asked }]).parts);
    height += LOW + 18;
  }
  if (left) {
    const at = above.x(left);
    parts.push(draw("line", { class: "left", x1: at, x2: at, y1: 10, y2: height - 10 }));
  }
  const svg = document.getElementById("story");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${height}`);
  svg.replaceChildren(...parts);
  document.getElementById("story-asked").hidden = asked.length === 0;
}
