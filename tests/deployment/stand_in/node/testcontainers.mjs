// In place of testcontainers, for the example of docker/testcontainers: no engine, the program itself on the loopback.
// What the example uses is here, and nothing more. SMTP_DOUBLE_BINARY is the program.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const KINDS = { 1025: 'smtp', 8025: 'admin' }; // what READY calls the ports of the image

export const Wait = {
  forHttp: (path, port) => async (container) => {
    const answer = await fetch(`http://${container.getHost()}:${container.getMappedPort(port)}${path}`);
    assert.equal(answer.status, 200);
  },
};

export class GenericContainer {
  #exposed = [];
  #strategy;
  #ready = {};
  #program;

  constructor(image) {
    assert.equal(image, 'smtp-double:latest');
  }

  withExposedPorts(...ports) {
    this.#exposed = ports;
    return this;
  }

  withWaitStrategy(strategy) {
    this.#strategy = strategy;
    return this;
  }

  async start() {
    const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('SMTP_DOUBLE_'));
    const ports = { SMTP_DOUBLE_LISTEN: '127.0.0.1:0', SMTP_DOUBLE_ADMIN: '127.0.0.1:0' };
    this.#program = spawn(process.env.SMTP_DOUBLE_BINARY, ['serve'], {
      env: { ...Object.fromEntries(kept), ...ports }, stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(createInterface({ input: this.#program.stdout }), 'line');
    const [word, ...pairs] = line.split(' ');
    assert.equal(word, 'READY');
    this.#ready = Object.fromEntries(pairs.map((pair) => pair.split('=')));
    await this.#strategy(this);
    return this;
  }

  async stop() {
    this.#program.kill();
    const [status] = await once(this.#program, 'exit');
    assert.equal(status, 0);
  }

  getHost() {
    return '127.0.0.1';
  }

  getMappedPort(port) {
    assert(this.#exposed.includes(port), `${port}`);
    return Number(this.#ready[KINDS[port]].split(':').at(-1));
  }
}
