// What a person does with the dashboard, step by step.

import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Running } from "./program.mjs";

const WAIT = { timeout: 20000 };
const CHOICES = 10;
const TOKEN = "read-0123456789abcdef";
/** The page's own words for a server that is away; the browser logs each request that fails. */
const AWAY = /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|net::ERR_/;

const text = (page, id) => page.locator(`#${id}`).innerText();
const status = (page, words) =>
  page.waitForFunction((words) => new RegExp(words).test(document.getElementById("status-text").textContent), words, WAIT);
const number = async (page, id) => Number((await text(page, id)).replaceAll(",", ""));

/** A page that remembers whatever went wrong on it, and what it asked of others. */
async function open(browser, address, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1600, height: 1000 }, colorScheme: "light", ...options });
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) wrong.push(message.text()); });
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("request", (request) => { if (!request.url().startsWith(address) && !request.url().startsWith("data:")) wrong.push(request.url()); });
  await page.goto(address);
  return { page, wrong, context };
}

async function fits(page, width) {
  await page.setViewportSize({ width, height: 1000 });
  const isWide = () => page.evaluate(() => innerWidth);
  while ((await isWide()) !== width) await page.waitForTimeout(20);
  const needs = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(needs <= width, `the page needs ${needs} pixels of ${width}`);
}

async function lifeAndNodes(page) {
  await status(page, "^live$");
  const before = await number(page, "cycles");
  await page.waitForFunction((n) => Number(document.getElementById("cycles").textContent.replaceAll(",", "")) > n + 30, before, WAIT);
  assert.equal(await page.locator(".plot canvas").count(), 3);
  assert.ok(await page.locator("#stage-card").isVisible());
  await page.waitForFunction(() => document.querySelectorAll("#kept tbody tr").length > 1, null, WAIT);
  await page.locator("#graph .node").first().waitFor(WAIT);
  // A node by the keyboard, and one by the mouse. The graph holds still meanwhile.
  await chosen(page, async () => {
    await page.evaluate(() => document.querySelector("#graph .node").focus());
    await page.keyboard.press("Enter");
  });
  await page.evaluate(() => document.activeElement.blur());
  await chosen(page, async () => {
    await page.locator("#graph").hover();
    await page.waitForFunction(() => /Held/.test(document.getElementById("graph-note").textContent), null, WAIT);
    await page.locator("#graph .node").last().click();
  });
  await page.evaluate(() => document.activeElement.blur());
  await page.mouse.move(5, 5);
}

/** Chooses an experience and closes it again. It may have been forgotten in between: then once more. */
async function chosen(page, choose) {
  const body = () => page.locator("#detail-body").innerText();
  for (let time = 0; time < CHOICES; time += 1) {
    await choose();
    await page.waitForFunction(() => document.getElementById("detail-body").childElementCount > 0, null, WAIT);
    assert.match(await text(page, "detail-title"), /^Experience \d+$/);
    const said = await body();
    await page.keyboard.press("Escape");
    assert.ok(await page.locator("#detail").isHidden());
    if (/sensed[\s\S]*did[\s\S]*earned[\s\S]*surprise/i.test(said)) return;
    assert.match(said, /forgotten/);
    await page.evaluate(() => document.activeElement.blur());
    await page.mouse.move(5, 5);
    await page.waitForFunction(() => /Active/.test(document.getElementById("graph-note").textContent), null, WAIT);
  }
  assert.fail("each experience that was chosen had been forgotten");
}

/** `minbrain run --view`: it lives, is clicked, goes away and comes back. */
export async function mainJob(browser, program, place) {
  const words = (http) => ["run", "--view", "--http", http, "--pace", "300", "--budget", "1500", "--steps", "1000000", "--no-report"];
  let run = new Running(program, words("127.0.0.1:0"));
  const address = await run.says(/watch it on (http:\S+)/);
  const { page, wrong, context } = await open(browser, address);
  try {
    await lifeAndNodes(page);
    for (const width of [400, 720, 1080, 1600]) await fits(page, width);
    await pictures(page, place);
    assert.deepEqual(wrong.splice(0).filter((line) => !/404/.test(line)), []);
    assert.equal(await run.end(), 0);
    await status(page, "not connected");
    assert.ok(await page.locator("#banner").isVisible());
    run = new Running(program, words(new URL(address).host));
    await run.says(/watch it on (http:\S+)/);
    await status(page, "^live$");
    assert.ok(await page.locator("#banner").isHidden());
    assert.deepEqual(wrong.filter((line) => !AWAY.test(line)), []);
  } finally {
    await run.end();
    await context.close();
  }
}

async function pictures(page, place) {
  await page.waitForTimeout(Number(process.env.SETTLE_MS ?? 1500));
  await page.waitForFunction(() => document.querySelectorAll("#decision .bars > *").length > 0, null, WAIT);
  for (const theme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: theme });
    for (const width of [1600, 400]) {
      await page.setViewportSize({ width, height: 1000 });
      await page.waitForTimeout(400);
      await page.screenshot({ path: join(place, `dashboard-${theme}-${width}.png`), fullPage: true });
    }
  }
}

/** A robot that only introduces itself and senses a few times. */
function robot(host, token) {
  const message = (kind, values) => {
    const bytes = Buffer.alloc(9 + 4 * values.length);
    bytes.writeUInt32BE(5 + 4 * values.length, 0);
    bytes.writeUInt8(kind, 4);
    bytes.writeUInt32BE(values.length, 5);
    values.forEach((value, at) => bytes.writeFloatLE(value, 9 + 4 * at));
    return bytes;
  };
  const [name, port] = host.split(":");
  const socket = connect(Number(port), name);
  socket.on("error", () => {});
  if (token) socket.write(message(21, [...Buffer.from(token)]));
  socket.write(message(2, [1, 3, 2, 0]));
  let cycle = 0;
  socket.on("data", () => setTimeout(() => { cycle += 1; socket.write(message(0, [Math.sin(cycle), Math.cos(cycle), 0.5])); }, 30));
  return socket;
}

/** `minbrain serve`: empty at first, then a robot; and a server that asks for a token. */
export async function emptyAndToken(browser, program, place) {
  const control = "control-0123456789abcdef";
  const file = join(mkdtempSync(join(tmpdir(), "minbrain-")), "tokens");
  writeFileSync(file, `read ${TOKEN}\ncontrol ${control}\n`, { mode: 0o600 });
  const words = ["serve", "--bind", "127.0.0.1:0", "--http", "127.0.0.1:0", "--tokens", file];
  const serve = new Running(program, words);
  const address = await serve.says(/people to (http:\S+);/);
  const robots = await serve.says(/robots connect to ([^,\s]+),/);
  const { page, wrong, context } = await open(browser, address, { colorScheme: "dark" });
  try {
    await page.locator("#token-form").waitFor(WAIT);
    const refused = wrong.splice(0).filter((line) => !/401/.test(line));
    assert.deepEqual(refused, []);
    await page.locator("#token").fill(TOKEN);
    await page.keyboard.press("Enter");
    await page.locator("#empty").waitFor(WAIT);
    assert.ok(await page.locator("#token-form").isHidden());
    await page.screenshot({ path: join(place, "dashboard-empty.png") });
    const socket = robot(robots, control);
    await status(page, "^live$");
    await page.waitForFunction(() => document.querySelectorAll("#robots tbody tr").length === 1, null, WAIT);
    await page.waitForTimeout(1500);
    await page.screenshot({ path: join(place, "dashboard-robot.png"), fullPage: true });
    socket.destroy();
    await status(page, "no cycles");
    assert.deepEqual(wrong, []);
    assert.ok(!serve.said.includes(TOKEN) && !serve.said.includes(control), "no secret is logged");
  } finally {
    await serve.end();
    await context.close();
  }
}
