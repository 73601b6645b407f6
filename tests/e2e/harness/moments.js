// The moments at which a message is most in danger, for specs that interrupt the program there.

import { expect } from '@playwright/test';
import { answerWith, CREATE, hang, TURNS } from './routes.js';
import { arrived } from './stored.js';

/**
 * @typedef {object} Moment
 * @property {string} name
 * @property {(world: World) => Promise<void>} hold Makes the world such that a message stays at this moment.
 * @property {(world: World, text: string) => Promise<void>} reached Returns when the message is there.
 * @property {boolean} [failed] Whether the message has failed by then.
 *
 * @typedef {object} World
 * @property {import('./server.js').Server} server
 * @property {import('./chromium.js').Chromium} chromium
 * @property {import('./copilot.js').Copilot} copilot
 */

/**
 * @param {import('./routes.js').Route} route
 * @param {(entry: import('./faults.js').Entry) => boolean} is
 * @returns {Moment['reached']}
 */
const hasArrived = (route, is) => async ({ server }) => {
  await expect.poll(async () => (await arrived(server, route)).some(is), 'the request has not arrived').toBe(true);
};

/** @type {Moment[]} */
export const MOMENTS = [
  {
    name: 'before the create is sent',
    hold: ({ chromium }) => chromium.context.setOffline(true),
    reached: ({ copilot }, text) => copilot.reaches(text, 'waiting-offline'),
  },
  {
    name: 'after the create is committed but unanswered',
    hold: ({ server }) => server.faults.set([hang(CREATE, { commit: true })]),
    reached: hasArrived(CREATE, ({ committed }) => committed),
  },
  {
    name: 'when the answer to the create was lost',
    hold: ({ server }) => server.faults.set([{ match: CREATE, when: { count: 2 }, fault: { kind: 'drop_response' } }]),
    reached: hasArrived(CREATE, ({ committed }) => committed),
  },
  {
    name: 'in mid-turn',
    hold: ({ server }) => server.faults.set([hang(TURNS)]),
    reached: hasArrived(TURNS, () => true),
  },
  {
    name: 'when the answer to the turn was lost',
    hold: ({ server }) => server.faults.set([{ match: TURNS, when: { count: 2 }, fault: { kind: 'drop_response' } }]),
    reached: hasArrived(TURNS, ({ committed }) => committed),
  },
  {
    name: 'after a failure',
    hold: ({ server }) => server.faults.set([answerWith(TURNS, 500, { code: 'SERVICE_ERROR' })]),
    reached: ({ copilot }, text) => copilot.reaches(text, 'failed'),
    failed: true,
  },
];

/**
 * Ends what held the message.
 * @param {Pick<World, 'server' | 'chromium'>} world
 */
export async function letGo({ server, chromium }) {
  await server.faults.clear();
  await server.faults.release();
  await chromium.context.setOffline(false);
}
