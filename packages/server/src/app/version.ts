// The version of this package, read from its own package.json beside the source or the build.
import { readFileSync } from 'node:fs';

function read(): string {
  for (const place of ['../../package.json', '../../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (name === 'relance' && version !== undefined) return version;
    } catch {
      // the other place
    }
  }
  return '0.0.0';
}

export const VERSION = read();
