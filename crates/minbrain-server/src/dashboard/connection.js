// The connection to the server: JSON requests, and events that come by themselves. Events are read by
// fetch, since EventSource cannot send a token.

const TOKEN = "minbrain-token";
const SILENCE_MS = 3500;
const RETRY_MS = 1000;

const headers = () => {
  const token = sessionStorage.getItem(TOKEN);
  return token ? { Authorization: `Bearer ${token}` } : {};
};

/** Keeps a token for this tab. */
export const keepToken = (token) => sessionStorage.setItem(TOKEN, token);

/** A refusal by the server. */
export class Refused extends Error {
  constructor(status, reason) {
    super(reason);
    this.status = status;
  }
}

/** Asks for JSON. */
export async function ask(path) {
  const response = await fetch(path, { headers: headers(), signal: AbortSignal.timeout(SILENCE_MS) });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, answer.error ?? response.statusText);
  return answer;
}

/** Splits a stream of text into events. */
export class Events {
  constructor(handle) {
    this.rest = "";
    this.handle = handle;
  }

  push(text) {
    const blocks = (this.rest + text).split("\n\n");
    this.rest = blocks.pop();
    for (const block of blocks) {
      const field = (name) =>
        block.split("\n").filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2)).join("\n");
      if (field("data")) this.handle(field("event"), JSON.parse(field("data")));
    }
  }
}

async function follow(path, handle, signal) {
  const response = await fetch(path, { headers: headers(), signal });
  if (!response.ok) throw new Refused(response.status, response.statusText);
  const events = new Events(handle);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    events.push(value);
  }
}

/** Watches a path until it is told to stop, and tries again when the connection is lost. */
export function watch(path, { event, state }) {
  let stopped = false;
  let control = null;
  (async () => {
    while (!stopped) {
      control = new AbortController();
      let timer = setTimeout(() => control.abort(), SILENCE_MS);
      const heard = (kind, data) => {
        clearTimeout(timer);
        timer = setTimeout(() => control.abort(), SILENCE_MS);
        if (!stopped) event(kind, data);
      };
      try {
        await follow(path, heard, control.signal);
      } catch (error) {
        if (error instanceof Refused && !stopped) state("refused", error.status);
      }
      clearTimeout(timer);
      if (stopped) return;
      state("gone");
      await new Promise((done) => setTimeout(done, RETRY_MS));
    }
  })();
  return () => {
    stopped = true;
    control?.abort();
  };
}
