// A model as the local server can be given one: an OpenAI-compatible endpoint that says what the spec wants.

import http from 'node:http';

export class Model {
  /** What the next answers say. */
  says = '';

  #server;

  /** @param {http.Server} server */
  constructor(server) {
    this.#server = server;
  }

  static async start() {
    /** @type {Model | undefined} */
    let model;
    const server = http.createServer((request, response) => {
      request.resume().on('end', () => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content: model?.says } }] }));
      });
    });
    await new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(undefined)));
    model = new Model(server);
    return model;
  }

  /** The address to configure. */
  get url() {
    const address = /** @type {import('node:net').AddressInfo} */ (this.#server.address());
    return `http://127.0.0.1:${address.port}/v1`;
  }

  async dispose() {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}
