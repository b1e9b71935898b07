/** What not every page needs. It comes with the first code that does; see `Piece.libraries` in jsmodel/transpile/pieces.py. */

// biome-ignore lint/suspicious/noExplicitAny: who calls knows what it takes
type Fn = (...args: any[]) => any;

/** Filled by common.js, library.js and objects.js of jsmodel/transpile, and by types.ts. */
export const late: Record<string, Fn> = {};
