// The arena from above, where the robot is simulated.

import { draw } from "./format.js";

/** Shows where the robot is; hides the panel where that is not known. */
export function showStage(stage) {
  const main = document.getElementById("panels");
  if (!stage) return;
  main.classList.add("has-stage");
  document.getElementById("stage-card").hidden = false;
  const { side_m: side, robot: [x, y, radius, heading] } = stage;
  const up = (value) => side - value;
  const svg = document.getElementById("stage");
  svg.setAttribute("viewBox", `-0.1 -0.1 ${side + 0.2} ${side + 0.2}`);
  const trail = stage.trail.map(([tx, ty]) => `${tx.toFixed(2)},${up(ty).toFixed(2)}`).join(" ");
  svg.replaceChildren(
    draw("rect", { class: "floor", width: side, height: side, rx: 0.15, "stroke-width": 0.06 }),
    ...stage.boxes.map(([bx, by, w, h]) => draw("rect", { class: "thing", x: bx - w, y: up(by + h), width: 2 * w, height: 2 * h, rx: 0.08 })),
    ...stage.discs.map(([dx, dy, r]) => draw("circle", { class: "thing", cx: dx, cy: up(dy), r })),
    ...stage.beacons.map(([bx, by, lit]) => draw("circle", { class: lit ? "beacon lit" : "beacon", cx: bx, cy: up(by), r: stage.beacon_radius_m, "stroke-width": 0.05 })),
    draw("polyline", { class: "trail", points: trail, "stroke-width": 0.05, "stroke-opacity": 0.45 }),
    draw("circle", { class: "robot", cx: x, cy: up(y), r: radius }),
    draw("line", { class: "nose", x1: x, y1: up(y), x2: x + radius * Math.cos(heading), y2: up(y + radius * Math.sin(heading)), "stroke-width": 0.09, "stroke-linecap": "round" }));
}

/** Forgets the arena of another brain. */
export function clearStage() {
  document.getElementById("panels").classList.remove("has-stage");
  document.getElementById("stage-card").hidden = true;
}
