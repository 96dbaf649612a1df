// Surprise, reward and confidence over time, by uPlot.

import { tick } from "./format.js";
import { colour, onTheme } from "./theme.js";

const POINTS = 600;
const HEIGHT = 150;
const MINUTE_S = 60;
const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600];
const KINDS = [
  { id: "surprise", colour: "warm", range: (low, high) => [0, Math.max(1, high * 1.1)] },
  { id: "reward", colour: "accent", range: (low, high) => [Math.min(0, low * 1.1), Math.max(0.1, high * 1.1)] },
  { id: "confidence", colour: "accent", range: () => [0, 1] },
];

let points = [];
let plots = [];
let observer = null;

const columns = (id) => [points.map((p) => p.at_ms / 1000), points.map((p) => p[id])];

const clock = (s) => `${Math.floor(s / MINUTE_S)}:${String(Math.floor(s % MINUTE_S)).padStart(2, "0")}`;

function options(kind, width) {
  const axis = {
    stroke: colour("quiet"), font: "11px system-ui, sans-serif",
    grid: { stroke: colour("line"), width: 1 }, ticks: { show: false },
  };
  return {
    width, height: HEIGHT, cursor: { y: false, points: { size: 6 } }, legend: { show: false },
    scales: { x: { time: false }, y: { range: (_, low, high) => kind.range(low ?? 0, high ?? 1) } },
    axes: [
      { ...axis, size: 26, incrs: SECONDS, values: (_, ticks) => ticks.map(clock) },
      { ...axis, size: 44, space: 32, values: (_, ticks) => ticks.map(tick) },
    ],
    series: [{}, {
      stroke: colour(kind.colour), width: 1.6, fill: `${colour(kind.colour)}22`,
      points: { show: false },
    }],
  };
}

function build() {
  plots.forEach((plot) => plot.destroy());
  plots = KINDS.map((kind) => {
    const place = document.getElementById(`${kind.id}-curve`);
    return new uPlot(options(kind, Math.max(120, place.clientWidth)), columns(kind.id), place);
  });
}

function redraw() {
  plots.forEach((plot, at) => plot.setData(columns(KINDS[at].id)));
}

/** Makes the plots; they follow the width of their panels. */
export function startCurves() {
  build();
  onTheme(build);
  observer = new ResizeObserver(() => {
    plots.forEach((plot) => plot.setSize({ width: Math.max(120, plot.root.parentElement.clientWidth), height: HEIGHT }));
  });
  KINDS.forEach((kind) => observer.observe(document.getElementById(`${kind.id}-curve`)));
}

/** Takes over the curves so far. */
export function setHistory(history) {
  points = history.slice(-POINTS);
  redraw();
}

/** Adds a point, unless it is there. */
export function addPoint(point) {
  if (!point || point.at_ms === points.at(-1)?.at_ms) return;
  points.push(point);
  points = points.slice(-POINTS);
  redraw();
}
