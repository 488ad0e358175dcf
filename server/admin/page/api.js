// The HTTP API of the program, as in its openapi.json.

const TOKEN = 'smtp-double.token';
let token = sessionStorage.getItem(TOKEN);
let askForToken = null;

/** What the server said no with: `errors` as it sent them. */
export class ApiError extends Error {
  constructor(status, errors) {
    super(errors[0]?.detail ?? errors[0]?.title ?? `the server answered ${status}`);
    this.status = status;
    this.errors = errors;
  }
}

/** `ask()` is called when a token is wanted, and resolves with what was typed in. */
export function setTokenPrompt(ask) {
  askForToken = ask;
}

let asking = null;
/** One question at a time, however many requests were refused meanwhile. */
async function renewToken(refused) {
  if (refused !== token) return;
  asking ??= askForToken(token !== null).finally(() => (asking = null));
  token = await asking;
  sessionStorage.setItem(TOKEN, token);
}

async function errorOf(response) {
  try {
    const {errors} = await response.json();
    if (Array.isArray(errors)) return new ApiError(response.status, errors);
  } catch {
    // Not ours, such as a proxy's page.
  }
  return new ApiError(response.status, [{title: response.statusText, detail: `the server answered ${response.status}`}]);
}

/** The response, once it is a good one. */
export async function request(path, {method = 'GET', body, type, signal, accept} = {}) {
  for (;;) {
    const used = token;
    const headers = {};
    if (used !== null) headers.Authorization = `Bearer ${used}`;
    if (type) headers['Content-Type'] = type;
    if (accept) headers.Accept = accept;
    const response = await fetch(path, {method, body, headers, signal, cache: 'no-store'});
    if (response.status === 401) {
      await renewToken(used);
      continue;
    }
    if (!response.ok) throw await errorOf(response);
    return response;
  }
}

export const get = async (path, signal) => (await request(path, {signal})).json();
export const getText = async (path, signal) => (await request(path, {signal})).text();
export const remove = (path) => request(path, {method: 'DELETE'});
export const post = (path) => request(path, {method: 'POST'});
export const sendJson = async (method, path, value) =>
  (await request(path, {method, body: JSON.stringify(value), type: 'application/json'})).json();
export const sendYaml = async (method, path, yaml) =>
  (await request(path, {method, body: yaml, type: 'application/yaml'})).json();

/** /v1/doubles/main/sessions/3?x=y; each part is encoded, empty parameters are left out. */
export function pathOf(parts, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== '') query.set(name, value);
  }
  const text = query.toString();
  return `/v1/${parts.map(encodeURIComponent).join('/')}${text && `?${text}`}`;
}

/** For what cannot send a header: an EventSource, a frame. */
export function pathWithToken(parts, parameters = {}) {
  return pathOf(parts, {...parameters, token});
}

/** Saves what is at `path`; a link alone would not carry the token. */
export async function download(path, name) {
  const blob = await (await request(path)).blob();
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const explanations = new Map();
/** What a reply means; asked once for each. */
export function explain(reply, stage) {
  const path = pathOf(['explain'], {reply, stage});
  if (!explanations.has(path)) {
    const answer = get(path);
    answer.catch(() => explanations.delete(path));
    explanations.set(path, answer);
  }
  return explanations.get(path);
}
