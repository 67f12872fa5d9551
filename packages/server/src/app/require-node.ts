// Imported before everything else by the face of the package: on a Node that is too old it throws one clear sentence, where
// otherwise the first thing that is missing there would fail by its name, and only once it is used.
import { isNewEnough, tooOld } from './node-version.ts';

const { node } = process.versions;
if (!isNewEnough(node)) throw tooOld(node);
