// Numbers as people read them, and elements made of them.

/** `1,234,567` */
export const count = (n) => Math.round(n).toLocaleString("en");

/** Three digits that count. */
export function figure(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1000) return count(value);
  if (size === 0) return "0";
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return size >= 0.0005 ? value.toFixed(size >= 1 ? 2 : 3) : value.toExponential(0);
}

/** A round number for an axis. */
export const tick = (value) => String(Number(value.toPrecision(3)));

/** Microseconds, in the unit that fits. */
export function micros(us) {
  if (!us) return "–";
  if (us < 1000) return `${figure(us)} µs`;
  return us < 1e6 ? `${figure(us / 1000)} ms` : `${figure(us / 1e6)} s`;
}

/** Bytes, in the unit that fits. */
export function bytes(n) {
  const units = ["bytes", "kB", "MB", "GB"];
  const step = n < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(n) / 3));
  return `${figure(n / 1000 ** step)} ${units[step]}`;
}

/** Seconds, in words. */
export function stretch(s) {
  if (s < 60) return `${Math.floor(s)} s`;
  return s < 3600 ? `${Math.floor(s / 60)} min` : `${Math.floor(s / 3600)} h`;
}

/** An element with attributes and children; text is never markup. */
export function make(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same in SVG. */
export function draw(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "width%") element.style.width = `${value}%`;
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Sets a text, if it changed. */
export function tell(id, text) {
  const element = document.getElementById(id);
  if (element.textContent !== text) element.textContent = text;
}
