// Ends with 0 where everything is there that the browser test needs.

import { execFileSync } from "node:child_process";

import { browserPath } from "./place.mjs";

try {
  execFileSync("npm", ["--version"], { stdio: "ignore" });
  process.exitCode = browserPath() ? 0 : 1;
} catch {
  process.exitCode = 1;
}
