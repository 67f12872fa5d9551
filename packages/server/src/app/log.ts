// The log: structured, by pino, without bodies, keys or addresses. Errors are logged by name, message and stack.
import { pino } from 'pino';
import type { Log } from '../engine/engine.ts';
import type { Config } from './config.ts';

export function createLog(level: Config['logLevel']): Log {
  const log = pino(
    {
      level,
      base: null,
      serializers: { error: pino.stdSerializers.err },
      redact: ['authorization', 'key', 'token', 'secret', '*.authorization', '*.key', '*.token'],
    },
    pino.destination({ dest: 2, sync: true }),
  );
  return {
    info: (fields, text) => log.info(fields, text),
    warn: (fields, text) => log.warn(fields, text),
    error: (fields, text) => log.error(fields, text),
  };
}
