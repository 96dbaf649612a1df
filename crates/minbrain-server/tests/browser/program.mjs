// The program under test, started and ended.

import { execFileSync, spawn } from "node:child_process";

import { root } from "./place.mjs";

const START_MS = 20000;

/** Builds the program, and says where it is. */
export function build() {
  const cargo = process.env.CARGO ?? "cargo";
  const line = ["build", "--locked", "--package", "minbrain-cli", "--message-format", "json"];
  const told = execFileSync(cargo, line, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] });
  const made = told.split("\n").filter(Boolean).map((line) => JSON.parse(line)).filter((one) => one.executable);
  return made.at(-1).executable;
}

/** A running program. */
export class Running {
  constructor(program, words) {
    this.child = spawn(program, words, { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
    this.said = "";
    this.child.stderr.on("data", (text) => { this.said += text; });
    this.ended = new Promise((done) => this.child.on("exit", (code) => done(code)));
  }

  /** Waits until it says something, and gives what `pattern` finds in it. */
  async says(pattern) {
    const end = Date.now() + START_MS;
    while (Date.now() < end) {
      const found = this.said.match(pattern);
      if (found) return found[1];
      if (this.child.exitCode !== null) break;
      await new Promise((done) => setTimeout(done, 20));
    }
    throw new Error(`expected ${pattern}, the program said: ${this.said}`);
  }

  /** Ends it as Ctrl-C does, and waits for it. */
  async end() {
    this.child.kill("SIGINT");
    return this.ended;
  }
}
