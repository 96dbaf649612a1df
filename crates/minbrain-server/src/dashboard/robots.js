// Who is connected.

import { count, make, stretch } from "./format.js";

/** Shows the robots, those of this brain first. */
export function showRobots(robots, brain) {
  const place = document.getElementById("robots");
  if (robots.length === 0) {
    place.replaceChildren(make("p", { class: "quiet" }, "No robot is connected over the network."));
    return;
  }
  const sorted = [...robots].sort((a, b) => (b.brain === brain) - (a.brain === brain) || a.number - b.number);
  const rows = sorted.map((robot) => make("tr", {},
    make("td", { class: "wide" }, robot.address),
    make("td", {}, `${robot.sensors} → ${robot.actions}${robot.discrete ? " discrete" : ""}`),
    make("td", {}, robot.brain === brain ? "this brain" : `brain ${robot.brain}`),
    make("td", { class: "number" }, stretch(robot.connected_s))));
  const head = ["address", "sensors → actions", "drives", "for"];
  place.replaceChildren(
    make("p", { class: "quiet" }, `${count(robots.length)} connected`),
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Connected robots" }, make("table", {},
      make("thead", {}, make("tr", {}, ...head.map((name, at) => make("th", { class: at === 3 ? "number" : "" }, name)))),
      make("tbody", {}, ...rows))));
}
