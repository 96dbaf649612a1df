// Working memory as a graph: a node for each active experience, as large and bright as it is active.
// Nodes that stay keep their place and drift apart; new ones come in near those they belong to.

import { count, draw, figure, tell } from "./format.js";
import { choose, chosen } from "./experience.js";

const SIDE = 400;
const MIDDLE = SIDE / 2;
const MARGIN = 28;
const STEPS = 12;
const REPULSION = 9000;
const SPRING = 0.008;
const REST = 80;
const PULL = 0.016;
const NAMED = 10;
const MOST_STEP = 9;
const TURN = 2.399963;

const places = new Map();

function settle(nodes) {
  const ids = new Set(nodes.map((node) => node.id));
  [...places.keys()].filter((id) => !ids.has(id)).forEach((id) => places.delete(id));
  nodes.forEach((node, at) => {
    if (places.has(node.id)) return;
    const friend = node.links.map(([id]) => places.get(id)).find(Boolean);
    const angle = node.id * TURN;
    const radius = friend ? 40 : 40 + 5 * at;
    const near = friend ?? { x: MIDDLE, y: MIDDLE };
    places.set(node.id, { x: near.x + radius * Math.cos(angle), y: near.y + radius * Math.sin(angle) });
  });
  for (let step = 0; step < STEPS; step += 1) relax(nodes);
}

/** Moves all of them so that their middle is that of the panel. */
function centre(nodes) {
  const all = nodes.map((node) => places.get(node.id));
  const off = (axis) => MIDDLE - all.reduce((sum, place) => sum + place[axis], 0) / all.length;
  const [dx, dy] = [off("x"), off("y")];
  all.forEach((place) => {
    place.x += dx;
    place.y += dy;
  });
}

function relax(nodes) {
  const forces = new Map(nodes.map((node) => [node.id, { x: 0, y: 0 }]));
  const push = (id, dx, dy, by) => {
    forces.get(id).x += dx * by;
    forces.get(id).y += dy * by;
  };
  nodes.forEach((a, at) => {
    const pa = places.get(a.id);
    push(a.id, MIDDLE - pa.x, MIDDLE - pa.y, PULL);
    nodes.slice(at + 1).forEach((b) => {
      const pb = places.get(b.id);
      const [dx, dy] = [pa.x - pb.x || 0.1, pa.y - pb.y || 0.1];
      const by = REPULSION / (dx * dx + dy * dy + 60) / Math.hypot(dx, dy);
      push(a.id, dx, dy, by);
      push(b.id, dx, dy, -by);
    });
    a.links.filter(([id]) => forces.has(id)).forEach(([id, strength]) => {
      const pb = places.get(id);
      const [dx, dy] = [pb.x - pa.x, pb.y - pa.y];
      const by = SPRING * strength * (1 - REST / Math.max(1, Math.hypot(dx, dy)));
      push(a.id, dx, dy, by);
      push(id, dx, dy, -by);
    });
  });
  centre(nodes);
  forces.forEach((force, id) => {
    const size = Math.hypot(force.x, force.y);
    const by = Math.min(1, MOST_STEP / Math.max(size, 1e-6));
    const place = places.get(id);
    place.x = Math.min(SIDE - MARGIN, Math.max(MARGIN, place.x + force.x * by));
    place.y = Math.min(SIDE - MARGIN, Math.max(MARGIN, place.y + force.y * by));
  });
}

function links(nodes) {
  const seen = new Set();
  return nodes.flatMap((node) => node.links.map(([other, strength]) => {
    const key = node.id < other ? `${node.id}-${other}` : `${other}-${node.id}`;
    const [from, to] = [places.get(node.id), places.get(other)];
    if (!to || seen.has(key)) return null;
    seen.add(key);
    return draw("line", {
      class: "link", x1: from.x, y1: from.y, x2: to.x, y2: to.y,
      "stroke-opacity": 0.05 + 0.3 * strength * strength, "stroke-width": 0.5 + 1.5 * strength,
    });
  })).filter(Boolean);
}

/** How active each is among those that are, 0 to 1: the strongest stand out whatever their strength. */
function glow(active) {
  const [high, low] = [active[0]?.activation ?? 1, active.at(-1)?.activation ?? 0];
  return (one) => (0.2 + one.activation - low) / (0.2 + high - low);
}

function node(one, at, light) {
  const { x, y } = places.get(one.id);
  const radius = 4 + 8 * light * Math.sqrt(one.activation);
  const name = `Experience ${one.id}, activation ${figure(one.activation)}, surprise ${figure(one.surprise)}, ${count(one.age_cycles)} cycles ago`;
  const pick = () => choose(one.id);
  const key = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    pick();
  };
  return draw("g", {
    class: one.id === chosen() ? "node chosen" : "node", transform: `translate(${x} ${y})`,
    tabindex: 0, role: "button", "aria-label": name, "data-id": one.id, onclick: pick, onkeydown: key,
  },
  draw("title", {}, name),
  draw("circle", { class: "halo", r: radius * 1.7, opacity: 0.5 * light ** 4 }),
  draw("circle", { r: radius, "fill-opacity": 0.3 + 0.7 * light * one.activation }),
  at < NAMED || one.id === chosen() ? draw("text", { y: radius + 10 }, one.id) : null);
}

/** Shows what is active; holds still while somebody points at it or goes through it by keyboard. */
export function showGraph(active) {
  const svg = document.getElementById("graph");
  const held = svg.matches(":hover") || svg.contains(document.activeElement);
  tell("graph-note", held ? "Held still while you look at it." : "Active experiences and their associations. Choose one to see it.");
  if (held && svg.childElementCount > 0) return;
  svg.setAttribute("viewBox", `0 0 ${SIDE} ${SIDE}`);
  document.getElementById("graph-empty").hidden = active.length > 0;
  svg.toggleAttribute("hidden", active.length === 0);
  settle(active);
  const light = glow(active);
  svg.replaceChildren(...links(active), ...active.map((one, at) => node(one, at, light(one))));
}
