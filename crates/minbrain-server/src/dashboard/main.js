// Brings the panels together: which brain is watched, and in what state the connection is.

import { ask, keepToken, watch } from "./connection.js";
import { addPoint, setHistory, startCurves } from "./curves.js";
import { showDecision } from "./decision.js";
import { setBrain, startExperience } from "./experience.js";
import { count, figure, make, micros, stretch, tell } from "./format.js";
import { showGraph } from "./graph.js";
import { showKept } from "./kept.js";
import { showLatency } from "./latency.js";
import { showRobots } from "./robots.js";
import { clearStage, showStage } from "./stage.js";
import { showStory } from "./story.js";
import { startTheme } from "./theme.js";

const RETRY_MS = 1000;
const QUIET_S = 2;
const element = (id) => document.getElementById(id);

let brain = null;
let stop = null;
let started = false;

const WORDS = { live: "live", quiet: "no cycles", gone: "not connected", waiting: "waiting for a robot", token: "token needed" };

function state(name, words = WORDS[name]) {
  document.body.dataset.state = name;
  element("status").dataset.state = name;
  element("panels").dataset.state = name;
  tell("status-text", words);
  const gone = name === "gone";
  element("banner").hidden = !gone;
  if (gone) tell("banner", "The server does not answer. What you see is the last that it said; this page tries again by itself.");
}

function show(frame) {
  tell("cycles", count(frame.cycles));
  tell("p50", micros(frame.latency.p50_us));
  tell("p99", micros(frame.latency.p99_us));
  tell("surprise", figure(frame.point?.surprise));
  tell("reward", figure(frame.point?.reward));
  tell("confidence", figure(frame.point?.confidence));
  addPoint(frame.point);
  showLatency(frame.latency);
  showKept(frame.kept);
  showDecision(frame.decision);
  showGraph(frame.active);
  showStage(frame.stage);
  showStory(frame.story);
}

function list(brains) {
  const select = element("brains");
  const wanted = brains.map((one) => one.name).join("\n");
  if (select.dataset.shown === wanted) return;
  select.dataset.shown = wanted;
  select.replaceChildren(...brains.map((one) => make("option", { value: one.number }, one.name)));
  select.value = String(brain);
  element("choice").hidden = false;
}

function hear(kind, data) {
  if (kind === "history") setHistory(data.history);
  if (kind === "frame") show(data);
  if (kind === "pulse") {
    list(data.brains);
    showRobots(data.robots, brain);
    const isQuiet = data.idle_s > QUIET_S;
    state(isQuiet ? "quiet" : "live", isQuiet ? `no cycles for ${stretch(data.idle_s)}` : "live");
  }
}

function follow(number) {
  stop?.();
  brain = number;
  setBrain(number);
  clearStage();
  element("empty").hidden = true;
  element("token-form").hidden = true;
  element("panels").hidden = false;
  if (!started) startCurves();
  started = true;
  stop = watch(`/api/v1/brains/${number}/live`, {
    event: hear,
    state: (name) => (name === "refused" ? begin() : state("gone")),
  });
}

/** Looks for a brain until there is one. */
async function begin() {
  stop?.();
  stop = null;
  try {
    const { brains } = await ask("/api/v1/brains");
    element("token-form").hidden = true;
    if (brains.length > 0) {
      follow(brains.find((one) => one.number === brain)?.number ?? brains[0].number);
      list(brains);
      return;
    }
    element("empty").hidden = false;
    element("panels").hidden = true;
    state("waiting");
  } catch (error) {
    if (error.status === 401) {
      element("token-form").hidden = false;
      element("panels").hidden = true;
      state("token");
      element("token").focus();
      return;
    }
    state("gone");
  }
  setTimeout(begin, RETRY_MS);
}

element("brains").addEventListener("change", (event) => follow(Number(event.target.value)));
element("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  keepToken(element("token").value.trim());
  element("token").value = "";
  begin();
});
startTheme();
startExperience();
begin();
