// The dashboard in a real browser: `cargo xtask browser`. Needs Chromium, Node.js and npm; what it
// fetches and the pictures it takes lie in target/browser.

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { browserPath, root } from "./place.mjs";
import { build } from "./program.mjs";
import { emptyAndToken, mainJob } from "./scenes.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const place = join(root, "target", "browser");

function playwright() {
  mkdirSync(place, { recursive: true });
  if (!existsSync(join(place, "node_modules", "playwright-core"))) {
    for (const file of ["package.json", "package-lock.json"]) copyFileSync(join(here, file), join(place, file));
    execFileSync("npm", ["ci", "--ignore-scripts", "--silent"], { cwd: place, stdio: "inherit" });
  }
  return createRequire(join(place, "package.json"))("playwright-core");
}

const executablePath = browserPath();
if (!executablePath) throw new Error("expected Chromium; to install it, type: apt-get install chromium");
const program = build();
const browser = await playwright().chromium.launch({ executablePath, args: ["--no-sandbox"] });
let failed = null;
try {
  await mainJob(browser, program, place);
  await emptyAndToken(browser, program, place);
  process.stdout.write(`the dashboard holds; pictures lie in ${place}\n`);
} catch (error) {
  failed = error;
}
await browser.close();
if (failed) throw failed;
