// The one file that reads the wall clock. Story time comes from the engine's clock, lease time from the database; what
// remains is signatures and sessions, which the world outside checks against its own clock. Passed on as an argument.
import { type Instant, instant } from '@relance/core';

export const wallNow = (): Instant => instant(Date.now());
