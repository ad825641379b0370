import fc from 'fast-check';
import { isNightly } from './nightly.ts';

// A run by day says of a change what it said before: new random cases are tried at night.
if (!isNightly) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 11 });
