import { createRequire } from 'node:module';
import type debug from 'tedious/lib/debug.js';
import type incoming from 'tedious/lib/incoming-message-stream.js';
import type message from 'tedious/lib/message.js';
import type outgoing from 'tedious/lib/outgoing-message-stream.js';
import type prelogin from 'tedious/lib/prelogin-payload.js';

/**
 * tedious's own classes for the framing of messages. Their modules are CommonJS that exports the class itself, which their
 * types do not say.
 */
const require = createRequire(import.meta.url);

export const Debug = require('tedious/lib/debug') as typeof debug.default;
export const Message = require('tedious/lib/message') as typeof message.default;
export const IncomingMessageStream =
  require('tedious/lib/incoming-message-stream') as typeof incoming.default;
export const OutgoingMessageStream =
  require('tedious/lib/outgoing-message-stream') as typeof outgoing.default;
export const PreloginPayload = require('tedious/lib/prelogin-payload') as typeof prelogin.default;
export type Message = InstanceType<typeof Message>;
