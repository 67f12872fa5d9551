// All of it in one file, for pages without a bundler: registers the elements, and has the store beside them. scripts/bundle-inbox.ts
// makes relance-inbox.js of it.
import './define.ts';

export * from './index.ts';
