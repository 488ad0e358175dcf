'use strict';
// The admin API over HTTP. Each request has a connection of its own: none is left to keep a process alive, or to be
// closed by the server just when it is used again.
const http = require('node:http');
const https = require('node:https');
const { ConnectionFailedError, errorOf } = require('./errors.cjs');

const patience = 60_000; // ms without an octet, for an answer that does not wait for anything

/** From snake_case to camelCase, all the way down. */
function camel(value) {
  if (Array.isArray(value)) return value.map(camel);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(
    ([key, each]) => [key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()), camel(each)]));
}

function errorBody(octets) {
  try {
    const body = JSON.parse(octets.toString());
    if (body !== null && typeof body === 'object') return body;
  } catch {
    // What is no JSON is told as it is.
  }
  return { errors: [{ title: 'Unexpected answer', detail: octets.toString().slice(0, 500) }] };
}

async function all(response) {
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks);
}

class Api {
  constructor(url, token) {
    this.url = String(url).replace(/\/+$/, '');
    this.token = token;
    const { protocol } = new URL(this.url);
    if (protocol !== 'http:' && protocol !== 'https:') throw new TypeError(`not the address of an admin API: ${url}`);
    this.http = protocol === 'https:' ? https : http;
  }

  /** The JSON of the answer, with keys in camelCase; undefined where it has no body. */
  async ask(method, path, options = {}) {
    const octets = await this.octets(method, path, options);
    return octets.length > 0 ? camel(JSON.parse(octets.toString())) : undefined;
  }

  /** `json` or `yaml` is the body. */
  async octets(method, path, options = {}) {
    try {
      const response = await this.response(method, path, options);
      const octets = await all(response);
      if (response.statusCode >= 400) throw errorOf(response.statusCode, errorBody(octets));
      return octets;
    } catch (error) {
      throw this.told(error, method, path);
    }
  }

  /** The lines of a stream, which is asked for at once. */
  lines(path, { query, signal }) {
    const opened = this.response('GET', path, { query, signal, waits: 0 });
    opened.catch(() => {}); // told to whoever reads
    return this.linesOf(opened, path, signal);
  }

  async* linesOf(opened, path, signal) {
    let response;
    try {
      response = await opened;
      if (response.statusCode >= 400) throw errorOf(response.statusCode, errorBody(await all(response)));
      let rest = '';
      response.setEncoding('utf8');
      for await (const chunk of response) {
        const lines = (rest + chunk).split(/\r?\n/);
        rest = lines.pop();
        yield* lines;
      }
    } catch (error) {
      if (signal?.aborted) return;
      throw this.told(error, 'GET', path);
    } finally {
      response?.destroy();
    }
  }

  told(error, method, path) {
    if (error.code === undefined || error.status !== undefined) return error;
    if (error instanceof TypeError || error instanceof RangeError) return error; // an argument that Node refuses
    const why = error.message || error.code;
    return new ConnectionFailedError(`${this.url} does not answer ${method} ${path}: ${why}`, { cause: error });
  }

  response(method, path, { query = {}, json, yaml, signal, waits = patience } = {}) {
    const wanted = String(new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined)));
    const target = `${this.url}${path}${wanted === '' ? '' : `?${wanted}`}`;
    const body = yaml ?? (json === undefined ? undefined : JSON.stringify(json));
    const headers = {};
    if (body !== undefined) {
      headers['Content-Type'] = yaml === undefined ? 'application/json' : 'application/yaml';
      headers['Content-Length'] = Buffer.byteLength(body);
    }
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    return new Promise((resolve, reject) => {
      const request = this.http.request(target, { method, headers, agent: false, signal, timeout: waits });
      // First of all, and for good: an 'error' that nobody hears ends the process.
      request.on('error', reject);
      request.on('response', (response) => {
        response.on('error', () => {}); // told to whoever reads
        resolve(response);
      });
      request.on('timeout', () => request.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
      request.end(body);
    });
  }
}

module.exports = { Api, camel, patience };
