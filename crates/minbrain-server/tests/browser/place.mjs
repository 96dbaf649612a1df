// Where things are.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The workspace. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..", "..");

/** Chromium, or nothing. CHROMIUM in the environment says otherwise. */
export const browserPath = () =>
  [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    .find((path) => path && existsSync(path));
