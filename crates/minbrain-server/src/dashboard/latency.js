// A live histogram of cycle latencies on a logarithmic scale, against the deadline.

import { count, draw, micros } from "./format.js";

const DECADES = ["1 µs", "10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s"];

const WIDTH = 420;
const HEIGHT = 200;
const FOOT = 26;
const TOP = 16;

const log = Math.log10;

/** Shows the latencies of the last seconds. */
export function showLatency({ bars, deadline_us: deadline, p50_us: p50, p99_us: p99, missed }) {
  const note = document.getElementById("latency-note");
  const late = deadline ? `, deadline ${micros(deadline)}, ${count(missed)} missed` : "";
  note.textContent = `The last seconds: half within ${micros(p50)}, 99 of 100 within ${micros(p99)}${late}.`;
  const svg = document.getElementById("latency");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  if (bars.length === 0) return svg.replaceChildren();
  const low = Math.floor(log(bars[0][0] + 1e-9));
  const high = Math.ceil(log(Math.max(bars.at(-1)[1], deadline ?? 0)));
  const x = (us) => 6 + ((log(us) - low) / Math.max(1, high - low)) * (WIDTH - 12);
  const most = Math.max(...bars.map((bar) => bar[2]));
  const floor = HEIGHT - FOOT;
  const parts = bars.filter((bar) => bar[2] > 0).map(([from, to, n]) => {
    const height = Math.max(1.5, (n / most) * (floor - TOP));
    const at = { x: x(from) + 0.5, y: floor - height, width: x(to) - x(from) - 1, height, rx: 1.5 };
    return draw("rect", { class: "bar", ...at }, draw("title", {}, `${micros(from)} to ${micros(to)}: ${count(n)} cycles`));
  });
  parts.push(draw("line", { class: "axis", x1: 0, x2: WIDTH, y1: floor, y2: floor }));
  for (let decade = low; decade <= high; decade += 1) {
    const anchor = decade === low ? "start" : decade === high ? "end" : "middle";
    parts.push(draw("text", { x: x(10 ** decade), y: HEIGHT - 8, "text-anchor": anchor }, DECADES[decade] ?? ""));
  }
  if (deadline) {
    const at = x(deadline);
    parts.push(draw("line", { class: "deadline", x1: at, x2: at, y1: 4, y2: floor }));
    parts.push(draw("text", { class: "deadline-name", x: at - 5, y: 13, "text-anchor": "end" }, "deadline"));
  }
  return svg.replaceChildren(...parts);
}
