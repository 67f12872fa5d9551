// The log: structured, by pino, without bodies, keys or addresses. Errors are logged by name, message and stack.
import { type DestinationStream, pino } from 'pino';
import type { Log } from '../engine/engine.ts';
import { errorFields } from '../http/problem.ts';
import type { Config } from './config.ts';

/** `destination`: standard error where nothing else is given. */
export function createLog(
  level: Config['logLevel'],
  destination: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Log {
  const log = pino(
    {
      level,
      base: null,
      // PostgreSQL says the values it refused in an error's message and details: those stay out.
      serializers: { error: (error: unknown) => (error instanceof Error ? errorFields(error) : error) },
      redact: ['authorization', 'key', 'token', 'secret', '*.authorization', '*.key', '*.token'],
    },
    destination,
  );
  return {
    info: (fields, text) => log.info(fields, text),
    warn: (fields, text) => log.warn(fields, text),
    error: (fields, text) => log.error(fields, text),
  };
}
