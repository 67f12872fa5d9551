// Loaded before anything of the core, wherever that runs in a browser: zod is told not to make code of its schemas, which the page's
// policy refuses, and which browsers report as a breach of it.
import { z } from 'zod';

z.config({ jitless: true });
